import { stringify } from 'yaml';
import { manifestProblems } from '../../shared/contract/artifact-document.ts';
import { readValues } from '../artifact/values-file.ts';
import { UsageError } from '../cli-error.ts';
import { type DefineCommand, examples } from '../command.ts';
import { writeOutputFile } from '../output/write-file.ts';

interface CreateFlags {
  readonly file?: string;
  readonly app: string;
  readonly env: string;
  readonly namespace: string;
  readonly chart: string;
  readonly repository?: string;
  readonly chartVersion?: string;
  readonly output?: string;
  readonly json?: true;
}

export const manifestCreate: DefineCommand = (command, run) => {
  command
    .option('-f, --file <file>', 'YAML file of values for the chart; without it there are none yet')
    .requiredOption('--app <name>', 'application, which names the release')
    .requiredOption('--env <name>', 'environment')
    .option('--namespace <name>', 'Kubernetes namespace', 'default')
    .requiredOption('--chart <name>', "chart's name in its repository, or its git address")
    .option('--repository <url>', "chart's repository: https:// or oci://")
    .option('--chart-version <version>', "chart's version, exact or a range")
    .option('-o, --output <file>', 'file to write; stdout without it')
    .option('--json', 'print the manifest as JSON also when a file is written')
    .addHelpText('after', HELP)
    .action((flags: CreateFlags) =>
      run({ json: flags.json === true }, async ({ world, output }) => {
        const values = flags.file === undefined ? {} : await readValues(flags.file);
        const manifest = newManifest(flags, values);
        const text = stringify(manifest, { compat: 'yaml-1.1' });
        if (flags.output !== undefined) await writeOutputFile(flags.output, text, { replace: false });
        output.answer(manifest, () => {
          if (flags.output === undefined) world.stdout.write(text);
          else output.say(`Written to ${flags.output}. ${next(flags)}`);
        });
      }),
    );
};

const HELP = examples(
  'gimlet manifest create --app shop --env staging --chart web --repository https://charts.example.com --chart-version ^1.2 -o .gimlet/staging.yaml',
  'gimlet manifest create -f values.yaml --app shop --env staging --chart web --repository https://charts.example.com',
);

function next({ file }: CreateFlags): string {
  return `${file === undefined ? 'Fill in its values and' : 'Say'} when it is to be released.`;
}

function newManifest(flags: CreateFlags, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { app, env, namespace, chart: name, repository, chartVersion: version } = flags;
  const manifest = {
    app,
    env,
    namespace,
    chart: { ...(repository && { repository }), name, ...(version && { version }) },
    values,
    deploy: { event: 'push', branch: 'main' },
  };
  const problems = manifestProblems(manifest).map(({ path, message }) => `--${path}: ${message}`);
  if (problems.length > 0) throw new UsageError('That would be no manifest:', { details: problems });
  return manifest;
}
