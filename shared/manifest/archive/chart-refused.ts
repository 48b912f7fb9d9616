import { UnprocessableError } from '../../errors/errors.ts';

/** A chart that is not used because of what is in it. */
export function chartRefused(problem: string): UnprocessableError {
  return new UnprocessableError('chart-refused', `the chart can't be used: ${problem.slice(0, 500)}`);
}
