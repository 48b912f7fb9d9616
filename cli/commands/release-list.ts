import type { ReleaseAnswer } from '../../shared/contract/answers.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { limitOption, offsetOption, timeOptions } from '../list-options.ts';
import { missingText } from '../output/approval-text.ts';
import { agoOf, shortSha } from '../output/version-text.ts';
import { CHECK_NAME } from '../status/nothing-runs.ts';

interface ListFlags extends JsonFlag {
  readonly env: string;
  readonly app?: string;
  readonly team?: string;
  readonly repository?: string;
  readonly limit: number;
  readonly offset?: number;
  readonly since?: string;
  readonly until?: string;
  readonly reverse?: true;
}

export const releaseList: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .option('--app <name>', 'only of this app')
    .option('--team <name>', 'only of apps that this team owns')
    .option('--repository <name>', 'only of artifacts of this source repository');
  for (const option of timeOptions()) command.addOption(option);
  command
    .addOption(limitOption())
    .addOption(offsetOption())
    .option('-r, --reverse', 'show the oldest of them first')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet release list --env production --app webapp'))
    .action((flags: ListFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const { output: _format, limit, reverse, repository, ...filters } = flags;
        const found = await (await api()).listReleases({ ...filters, 'git-repo': repository }, limit);
        const releases = reverse ? found.reverse() : found;
        output.answer(releases, () => {
          if (releases.length === 0) {
            output.say(`No releases in ${flags.env} that are as asked for.`);
            output.say(output.colours.dim(CHECK_NAME));
          }
          output.table(
            HEAD,
            releases.map((release) => row(release, world.now())),
          );
        });
      }),
    );
};

const HEAD = ['ID', 'TARGET', 'STATE', 'ARTIFACT', 'COMMIT', 'BY', 'MADE', 'WHY'];

function row(release: ReleaseAnswer, now: number): string[] {
  const { id, env, app, artifactId, gitopsRef, triggeredBy, created, reason, outcomeReason } = release;
  const { state, approval } = release;
  return [
    id,
    `${env}/${app}`,
    release.rolledBack ? `${state}, rolled back` : state,
    artifactId,
    shortSha(gitopsRef),
    triggeredBy,
    agoOf(created * 1000, now),
    outcomeReason ?? (state === 'waiting' && approval ? `waits for ${missingText(approval)}` : reason),
  ];
}
