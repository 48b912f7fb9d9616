import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { limitOption } from '../list-options.ts';
import { givenText } from '../output/approval-text.ts';
import { agoOf, gitRef, shortSha, timeText } from '../output/version-text.ts';

interface WaitingFlags extends JsonFlag {
  readonly env?: string;
  readonly app?: string;
  readonly team?: string;
  readonly limit: number;
}

export const releaseWaiting: DefineCommand = (command, run) => {
  command
    .option('-e, --env <name>', 'only of this environment')
    .option('--app <name>', 'only of this app')
    .option('--team <name>', 'only of apps that this team owns')
    .addOption(limitOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('gimlet release waiting --env production', 'gimlet release approve ID --reason "looks good"'),
    )
    .action(({ output: format, limit, ...filters }: WaitingFlags) =>
      run({ json: format === 'json' }, async ({ api, output, world }) => {
        const releases = await (await api()).listApprovals(filters, limit);
        output.answer(releases, () => {
          if (releases.length === 0) output.say('Nothing waits for approval.');
          output.table(
            ['ID', 'TARGET', 'BUILT', 'SHA', 'AUTHOR', 'BY', 'ASKED', 'APPROVED', 'UNTIL'],
            releases.map((release) => [
              release.id,
              `${release.env}/${release.app}`,
              gitRef(release.version),
              shortSha(release.version.sha),
              release.version.authorName ?? '',
              release.triggeredBy,
              agoOf(release.created * 1000, world.now()),
              release.approval ? givenText(release.approval) : '',
              release.approval ? timeText(release.approval.expiresAt) : '',
            ]),
          );
        });
      }),
    );
};
