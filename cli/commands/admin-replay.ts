import type { DecisionsAnswer } from '../../shared/contract/answers.ts';
import type { ApiClient } from '../client/api-client.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption, timeoutOption } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { World } from '../world.ts';

interface ReplayFlags extends JsonFlag {
  /** Milliseconds. */
  readonly timeout: number;
}

const LOOK_EVERY_MS = 500;

export const adminReplay: DefineCommand = (command, run) => {
  command
    .argument('<artifact>', 'id of a stored artifact')
    .addOption(timeoutOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
For after a mistake in policies or settings, or a restored backup. The artifact is decided under today's policies and
controls, and released where they say so; what was decided on its arrival stays on record. One that a newer artifact
has overtaken releases nothing. To try it without releasing: gimlet policy simulate.
${examples('gimlet admin replay shop-1042')}`,
    )
    .action((artifactId: string, flags: ReplayFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const client = await api();
        const { cause } = await client.replay(artifactId);
        const expected = (await client.artifact(artifactId)).environments.length;
        const decisions = await decidedFor(client, { artifactId, cause, expected }, flags.timeout, world);
        output.answer({ artifactId, cause, decisions }, () => {
          for (const { env, app, outcome, sentence } of decisions) {
            output.say(`${env}/${app}: ${outcome}: ${sentence}`);
          }
          if (decisions.length < expected) {
            output.say(`${expected - decisions.length} of ${expected} decisions are not there yet.`);
            output.say(
              `See \`gimlet policy explain --artifact ${artifactId}\`; if nothing comes, replay again.`,
            );
          }
        });
        return decisions.length < expected ? EXIT.timedOut : EXIT.done;
      }),
    );
};

interface Wanted {
  readonly artifactId: string;
  readonly cause: string;
  /** One for each manifest. */
  readonly expected: number;
}

async function decidedFor(
  client: ApiClient,
  { artifactId, cause, expected }: Wanted,
  timeout: number,
  { now, sleep }: World,
): Promise<DecisionsAnswer['decisions']> {
  const end = now() + timeout;
  for (;;) {
    const { decisions } = await client.decisions(artifactId);
    const found = decisions.filter((decision) => decision.cause === cause);
    if (found.length >= expected || now() >= end) return found;
    await sleep(LOOK_EVERY_MS);
  }
}
