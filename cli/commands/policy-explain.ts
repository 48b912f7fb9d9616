import { CliError } from '../cli-error.ts';
import type { ApiClient } from '../client/api-client.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { describeDecision } from '../policy/describe-decision.ts';

interface ExplainFlags extends JsonFlag {
  readonly artifact: string;
  readonly env?: string;
  readonly app?: string;
}

export const policyExplain: DefineCommand = (command, run) => {
  command
    .requiredOption('-a, --artifact <id>', 'artifact')
    .option('-e, --env <name>', 'only for this environment')
    .option('--app <name>', 'only for this app')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet policy explain --artifact ID --env staging'))
    .action((flags: ExplainFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const client = await api();
        const { complete, decisions } = await client.decisions(flags.artifact);
        const asked = decisions.filter(
          ({ env, app }) => env === (flags.env ?? env) && app === (flags.app ?? app),
        );
        if (asked.length === 0 && complete) await checkNames(client, flags);
        output.answer({ complete, decisions: asked }, () => {
          for (const decision of asked) describeDecision(decision, output);
          if (!complete) output.say('More is being decided.');
          else if (asked.length === 0)
            output.say('The artifact has no environments: there is nothing to decide.');
        });
      }),
    );
};

/** An answer about a name that does not exist would be an answer to another question. */
async function checkNames(client: ApiClient, { artifact, env, app }: ExplainFlags): Promise<void> {
  if (env === undefined && app === undefined) return;
  const { environments } = await client.artifact(artifact);
  const targets = environments.map((manifest) => `${String(manifest['env'])}/${String(manifest['app'])}`);
  throw new CliError(
    `Nothing was decided for ${env ?? '*'}/${app ?? '*'}: the artifact has no such environment.`,
    {
      code: 'no-such-target',
      hint: targets.length === 0 ? 'It has none.' : `It has ${targets.join(', ')}.`,
    },
  );
}
