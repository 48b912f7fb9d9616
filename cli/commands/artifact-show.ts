import type { ArtifactAnswer } from '../../shared/contract/answers.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import type { Output } from '../output/output.ts';
import { gitRef, timeText } from '../output/version-text.ts';

export const artifactShow: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'artifact id')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet artifact show ID', 'gimlet artifact show ID -o json'))
    .action((id: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const artifact = await (await api()).artifact(id);
        output.answer(artifact, () => describe(artifact, output));
      }),
    );
};

function describe(
  { id, version, created, items, environments, context }: ArtifactAnswer,
  output: Output,
): void {
  output.facts({
    id,
    repository: version.repositoryName,
    built: gitRef(version),
    sha: version.sha,
    author: person(version.authorName, version.authorEmail),
    committer: person(version.committerName, version.committerEmail),
    message: version.message,
    url: version.url,
    received: timeText(created * 1000),
  });
  section(output, 'Environments');
  output.table(
    ['ENV', 'APP', 'NAMESPACE', 'CHART', 'DEPLOY'],
    environments.map(({ env, app, namespace, chart, deploy }) => [
      text(env),
      text(app),
      text(namespace),
      Object.values((chart as object | undefined) ?? {})
        .map(text)
        .join(' '),
      deploy === undefined ? 'by hand' : JSON.stringify(deploy),
    ]),
  );
  if (items.length > 0) section(output, 'Items');
  for (const item of items)
    output.facts(Object.fromEntries(Object.entries(item).map(([key, value]) => [key, text(value)])));
  if (Object.keys(context).length > 0) section(output, 'Variables');
  if (Object.keys(context).length > 0) output.facts(context);
}

function section(output: Output, title: string): void {
  output.say();
  output.say(output.colours.bold(title));
}

function person(name = '', email = ''): string {
  return email === '' ? name : `${name} <${email}>`.trim();
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
