import { ifThere } from '../client/if-there.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { printable } from '../output/printable.ts';
import { agoOf, gitRef, shortSha } from '../output/version-text.ts';
import { checkRuns } from '../status/nothing-runs.ts';

interface StatusFlags extends JsonFlag {
  readonly env: string;
  readonly app?: string;
  readonly team?: string;
}

const MOST_WAITING = 100;

export const releaseStatus: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .option('--app <name>', 'only this app')
    .option('--team <name>', 'only apps that this team owns')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nThe exit code is 1 when nothing runs there.\n${examples('gimlet release status --env production')}`,
    )
    .action(({ env, app, team, output: format }: StatusFlags) =>
      run({ json: format === 'json' }, async ({ api, output, world }) => {
        const client = await api();
        const status = await client.status({ env, app, team });
        const json = format === 'json';
        const waiting = json
          ? []
          : ((await ifThere(client.listApprovals({ env, app, team }, MOST_WAITING))) ?? []);
        const running = Object.entries(status).flatMap(([name, release]) =>
          release === null ? [] : [{ name, release }],
        );
        output.answer(status, () => {
          output.table(
            ['APP', 'BUILT', 'SHA', 'ARTIFACT', 'COMMIT', 'BY', 'SINCE', 'DRIFT'],
            running.map(({ name, release }) => [
              name,
              gitRef(release.version),
              shortSha(release.version.sha),
              release.artifactId,
              shortSha(release.gitopsRef),
              release.triggeredBy,
              agoOf(release.times[release.state] ?? release.created * 1000, world.now()),
              release.drift === undefined ? '' : 'drifted',
            ]),
          );
        });
        if (waiting.length > 0) output.say(printable(waitingText(env, app, waiting.length)));
        checkRuns(status, { env, app, team });
      }),
    );
};

function waitingText(env: string, app: string | undefined, count: number): string {
  const many = count === MOST_WAITING ? `${count} or more releases wait` : '';
  const some = count === 1 ? '1 release waits' : `${count} releases wait`;
  return `${many || some} for approval: gimlet release waiting --env ${env}${app === undefined ? '' : ` --app ${app}`}`;
}
