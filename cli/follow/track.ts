import type { TrackAnswer } from '../../shared/contract/tracking.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { Tools, WaitFlags } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { shortSha } from '../output/version-text.ts';
import { exitCodeOf, type Followed, follow } from './follow.ts';
import { Narrator } from './narrator.ts';

/** Shows how far something is, or follows it to its end when told to wait. */
export async function track(
  { api, output, world }: Tools,
  flags: WaitFlags,
  what: {
    readonly look: (client: ApiClient) => Promise<TrackAnswer>;
    readonly followed: (client: ApiClient) => Promise<Followed>;
  },
): Promise<ExitCode> {
  const client = await api();
  if (!flags.wait) {
    const tracked = await what.look(client);
    output.answer(tracked, () => describe(tracked, output));
    return isFailure(tracked) ? EXIT.failed : EXIT.done;
  }
  const deadline = world.now() + flags.timeout;
  const narrator = new Narrator(output, world.now);
  const followed = await what.followed(client);
  const result = await follow(followed, { api: client, world, narrator, deadline, wantsRelease: true });
  output.answer(result, () => narrator.sum(result));
  return exitCodeOf(result);
}

function isFailure({ status, results = [] }: TrackAnswer): boolean {
  return status === 'error' || results.some((result) => result.status === 'failure');
}

function describe({ type, status, statusDesc, results = [] }: TrackAnswer, output: Output): void {
  output.facts({ type, status, why: statusDesc });
  output.table(
    ['TARGET', 'STATUS', 'COMMIT', 'WHY'],
    results.map((result) => [
      `${result.env}/${result.app}`,
      result.status,
      shortSha(result.hash),
      result.status === 'success' ? result.gitopsCommitStatusDesc : result.statusDesc,
    ]),
  );
}
