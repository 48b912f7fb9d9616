import { afterEach, describe, expect, it, vi } from 'vitest';
import { InvalidInputError, TransientError } from '../../../shared/errors/errors.ts';
import { learnSecret } from '../../../shared/errors/redact.ts';
import { createLogger } from '../../../shared/runtime/logger.ts';
import { toProblem } from '../../../shared/runtime/problem.ts';

/** One that has the shape of a credential, and one that only its having been read tells. */
const SHAPED = 'glpat-0123456789abcdefghij';
const LEARNT = 'correct horse battery staple';
learnSecret(LEARNT);
const SECRETS = [SHAPED, LEARNT];
const WORDS = `pushed as ${SHAPED} with ${LEARNT}`;

afterEach(() => vi.restoreAllMocks());

/** What a logger writes for the log service to read. */
function written(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(lines.push(String(text))));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(lines.push(String(text))));
  log(createLogger('test'));
  vi.restoreAllMocks();
  expect(lines).toHaveLength(1);
  return JSON.parse(lines.join(''));
}

describe('no secret is in', () => {
  it.each<[string, (logger: ReturnType<typeof createLogger>) => void]>([
    ['a message', (logger) => logger.info(WORDS)],
    ['a field', (logger) => logger.info('wrote', { repo: { words: [WORDS] } })],
    ['an error', (logger) => logger.error('failed', new Error(WORDS))],
    [
      'the cause of an error',
      (logger) => logger.error('failed', new Error('outer', { cause: new TypeError(WORDS) })),
    ],
  ])('a log line that has it in %s', (_, log) => {
    const line = JSON.stringify(written(log));
    for (const secret of SECRETS) expect(line).not.toContain(secret);
    expect(line).toContain('pushed as *** with ***');
  });

  it('the message of an error of ours, which goes into items and answers', () => {
    expect(new TransientError('git-down', WORDS).message).toBe('pushed as *** with ***');
  });

  it('an answer, wherever it is', () => {
    const error = new InvalidInputError('bad', WORDS, [{ path: 'url', message: WORDS }]);
    const { body } = toProblem(error, 'r');
    expect(JSON.parse(body)).toMatchObject({
      detail: 'pushed as *** with ***',
      errors: [{ path: 'url', message: 'pushed as *** with ***' }],
    });
  });
});
