import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalSystem } from '../../../local/system.ts';
import { type Call, type CallOptions, call } from '../../support/api.ts';

const RETRY_MS = 300;
const MOST_TRIES = 200;

/**
 * Sends a request until it is answered with success or with one of `also` (statuses); answers that answer.
 * @throws when it is refused as wrong, or never accepted.
 */
export async function persist(
  system: LocalSystem,
  path: string,
  options: CallOptions,
  also: readonly number[] = [],
): Promise<Call> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const answer = await call(system, path, options).catch(() => undefined);
    if (answer !== undefined && (answer.status < 300 || also.includes(answer.status))) return answer;
    if (answer !== undefined && answer.status < 500 && answer.status !== 429)
      throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    await sleep(RETRY_MS);
  }
  throw new Error(`${path} was not accepted in ${MOST_TRIES} tries`);
}
