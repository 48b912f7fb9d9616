import { Option } from 'commander';
import type { ArtifactAnswer } from '../../shared/contract/answers.ts';
import { collect } from '../artifact/key-value.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { limitOption, offsetOption, timeOptions } from '../list-options.ts';
import { headline } from '../output/printable.ts';
import { agoOf, gitRef, shortSha } from '../output/version-text.ts';

interface ListFlags extends JsonFlag {
  readonly limit: number;
  readonly reverse?: true;
  readonly offset?: number;
  readonly since?: string;
  readonly until?: string;
  readonly app?: string;
  readonly team?: string;
  readonly repository?: string;
  readonly branch?: string;
  readonly sourceBranch?: string;
  readonly tag?: string;
  readonly event?: string;
  readonly sha?: readonly string[];
}

export const artifactList: DefineCommand = (command, run) => {
  command
    .option('--app <name>', 'only those with this app')
    .option('--team <name>', 'only those with an app that this team owns')
    .option('--repository <name>', 'only of this repository')
    .option('--branch <name>', 'only of this branch')
    .option('--sourceBranch <name>', 'only of pull requests from this branch')
    .option('--tag <name>', 'only of this git tag')
    .addOption(new Option('--event <event>', 'only of this event').choices(['push', 'tag', 'pr']))
    .option('--sha <sha>', 'only of this commit; again for more', collect);
  for (const option of timeOptions()) command.addOption(option);
  command
    .addOption(limitOption())
    .addOption(offsetOption())
    .option('-r, --reverse', 'show the oldest of them first')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('gimlet artifact list --app webapp --branch main', 'gimlet artifact list --since 24h -o json'),
    )
    .action((flags: ListFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        const { output: _format, limit, reverse, ...filters } = flags;
        // The table shows nothing of what makes artifacts big.
        const view = flags.output === 'json' ? 'full' : 'summary';
        const found = await (await api()).listArtifacts({ ...filters, view }, limit);
        const artifacts = reverse ? found.reverse() : found;
        output.answer(artifacts, () => {
          if (artifacts.length === 0) output.say('No artifacts.');
          output.table(
            HEAD,
            artifacts.map((artifact) => row(artifact, world.now())),
          );
        });
      }),
    );
};

const HEAD = ['ID', 'BUILT', 'SHA', 'MESSAGE', 'AUTHOR', 'ENVIRONMENTS', 'RECEIVED'];

function row({ id, version, environments, created }: ArtifactAnswer, now: number): string[] {
  const targets = new Set(environments.map(({ env }) => (typeof env === 'string' ? env : '?')));
  return [
    id,
    gitRef(version),
    shortSha(version.sha),
    headline(version.message ?? '', 50),
    version.authorName ?? '',
    [...targets].join(' '),
    agoOf(created * 1000, now),
  ];
}
