import { GimletdError } from '../errors/gimletd-error.ts';
import type { QueueName } from '../messages/mark.ts';
import type { Backlog, Redriven } from '../messages/redrive.ts';
import type { Finding } from './finding.ts';

/** What an operator may have other functions do out of turn; each does it with its own rights. */
export interface OperatedFunctions {
  backlog(): Promise<Backlog>;
  redrive(): Promise<Redriven>;
  /** Of every branch in the settings. */
  probeRepos(): Promise<readonly Finding[]>;
}

/** What is due is sent within a minute; this late something is wrong. */
const LATE_MS = 5 * 60_000;

/** Looks at everything that has to work for releases to get through, and says what to do where it does not. */
export async function examine(functions: OperatedFunctions): Promise<readonly Finding[]> {
  const [backlog, repos] = await Promise.all([
    tried('sweeper', async () => backlogFindings(await functions.backlog())),
    tried('writer', () => functions.probeRepos()),
  ]);
  return [...backlog, ...repos];
}

/** A function that does not answer is a finding too. */
async function tried(subject: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    const verdict = error.code === 'function-busy' ? 'warning' : 'wrong';
    const fix = verdict === 'warning' ? 'Ask again.' : `Read the log of the function ${subject}.`;
    return [{ subject, check: 'answer', verdict, says: error.message, fix }];
  }
}

function backlogFindings({ due, overdueMs, deadLetters }: Backlog): Finding[] {
  const minutes = Math.round(overdueMs / 60_000);
  const sweeper: Finding =
    overdueMs > LATE_MS
      ? {
          subject: 'sweeper',
          check: 'due',
          verdict: 'wrong',
          says: `${due} items are due, the first for ${minutes} minutes`,
          fix: 'See that the sweeper runs every minute; then `gimlet admin redrive`.',
        }
      : { subject: 'sweeper', check: 'due', verdict: 'ok', says: `${due} items are due, none for long` };
  const queues = Object.entries(deadLetters) as [QueueName, number][];
  return [sweeper, ...queues.map(([queue, count]) => queueFinding(queue, count))];
}

function queueFinding(queue: QueueName, count: number): Finding {
  if (count === 0) {
    return { subject: queue, check: 'dead letters', verdict: 'ok', says: 'no dead letters' };
  }
  return {
    subject: queue,
    check: 'dead letters',
    verdict: 'wrong',
    says: `${count} messages could not be handled`,
    fix: 'Read the log of the queue’s consumer, mend the cause, then `gimlet admin redrive`.',
  };
}
