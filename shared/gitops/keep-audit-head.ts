import * as z from 'zod';
import { AUDIT_BRANCH, formatKeptHead } from '../audit/kept-head.ts';
import type { SealLedger } from '../audit/seal-entries.ts';
import { inParallel } from '../concurrency/in-parallel.ts';
import { TransientError, UnprocessableError } from '../errors/errors.ts';
import { GimletdError } from '../errors/gimletd-error.ts';
import type { ControlsReader } from '../release/ports.ts';
import type { Settings } from '../release/settings.ts';
import type { Edit, GitBranch, GitEngine, Oid } from './git-engine.ts';
import { branchesOf } from './probe.ts';

/** What the writer is invoked with once a day. */
export const keepHeadRequest = z.object({ ask: z.literal('keep-audit-head') });

export interface KeepHeadPorts {
  readonly git: GitEngine;
  /** Where the chain was sealed up to. */
  readonly ledger: Pick<SealLedger, 'read'>;
  readonly controls: Pick<ControlsReader, 'read'>;
  readonly settings: Settings;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

/** What became of the head in one repo: the commit that keeps it, or why there is none. */
export interface HeadReport {
  readonly url: string;
  /** Null: the last head that was kept there is this one. */
  readonly commit?: Oid | null;
  readonly problem?: GimletdError;
}

const PARALLEL = 4;
const MOST_TRIES = 5;
/** The one directory of the branch, with the one file in it. */
const DIRECTORY = 'audit';

/**
 * Commits the head of the audit chain to a branch of its own in every GitOps repo: there it is out of reach of those
 * who can change the table, and shows when the end of the chain is cut off or made anew. Doing it again does nothing.
 * A repo that can't be written to holds up no other. Nothing is written while the kill switch is on.
 */
export async function keepAuditHead(ports: KeepHeadPorts): Promise<readonly HeadReport[]> {
  const head = await ports.ledger.read();
  const urls = [...new Set(branchesOf(ports.settings).map(({ url }) => url))];
  if (head === undefined || (await isOff(ports))) return [];
  const edit: Edit = {
    directory: DIRECTORY,
    content: { kind: 'files', files: new Map([['head.json', Buffer.from(`${JSON.stringify(head)}\n`)]]) },
    message: formatKeptHead(head),
    identity: ports.settings.bot,
    time: Math.floor(ports.clock() / 1000),
  };
  return inParallel(urls, PARALLEL, (url) => keepIn(ports.git, url, edit));
}

/** The kill switch is everybody's; so any environment's controls have it. */
async function isOff({ controls, settings }: KeepHeadPorts): Promise<boolean> {
  const [env = 'none'] = Object.keys(settings.environments);
  return (await controls.read(env)).killSwitch !== undefined;
}

async function keepIn(git: GitEngine, url: string, edit: Edit): Promise<HeadReport> {
  try {
    return { url, commit: await commit(await git.open({ url, branch: AUDIT_BRANCH }), edit) };
  } catch (error) {
    if (!(error instanceof GimletdError)) throw error;
    return { url, problem: error };
  }
}

/** After whatever answer but a clear one the branch is read again: a push that did arrive leaves nothing to change. */
async function commit(branch: GitBranch, edit: Edit): Promise<Oid | null> {
  let reason = 'somebody else pushes to it all the time';
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    await branch.tip({ fresh: true });
    const plan = await branch.plan([edit]);
    const [planned] = plan.edits;
    if (planned?.outcome === 'unchanged') return null;
    if (planned?.outcome !== 'commit') throw notKept(planned?.reason ?? 'nothing was planned');
    const pushed = await branch.push(plan);
    if (pushed.outcome === 'pushed') return planned.commit;
    if (pushed.outcome === 'refused') throw notKept(pushed.reason);
    if (pushed.outcome === 'unknown') reason = pushed.reason;
  }
  throw new TransientError('audit-head-not-kept', `${AUDIT_BRANCH} can't be pushed to: ${reason}.`);
}

function notKept(reason: string): UnprocessableError {
  return new UnprocessableError(
    'audit-head-not-kept',
    `${AUDIT_BRANCH} can't be written: ${reason}. Let the token's user make that branch and push to it.`,
  );
}
