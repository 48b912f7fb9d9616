import type { RequestAnswer } from '../../shared/contract/answers.ts';
import type { ApiClient } from '../client/api-client.ts';
import type { Tools, WaitFlags } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { exitCodeOf, follow } from './follow.ts';
import { Narrator } from './narrator.ts';

/** Asks for releases, once however often it has to be sent, and follows them to their end when told to wait. */
export async function askAndFollow(
  { api, output, world }: Tools,
  flags: WaitFlags,
  ask: (client: ApiClient, idempotencyKey: string) => Promise<RequestAnswer>,
): Promise<ExitCode | undefined> {
  const client = await api();
  const deadline = world.now() + flags.timeout;
  const narrator = new Narrator(output, world.now);
  const request = await ask(client, world.newId());
  narrator.requested(request);
  if (!flags.wait) {
    output.answer(request, () => {
      output.say(output.colours.dim(`How far it is: gimlet release show ${request.id}`));
    });
    return undefined;
  }
  const releaseIds = request.releases.map(({ id }) => id);
  const result = await follow({ releaseIds }, { api: client, world, narrator, deadline });
  output.answer({ request, ...result }, () => narrator.sum(result));
  return exitCodeOf(result);
}
