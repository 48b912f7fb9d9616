import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { timeText } from '../output/version-text.ts';

export const adminTrustShow: DefineCommand = (command, run) => {
  command
    .argument('<name>', 'trust policy, as `gimlet admin trust list` shows it')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet admin trust show shop'))
    .action((name: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const trust = await (await api()).trust(name);
        output.answer(trust, () =>
          output.facts({
            name: trust.name,
            provider: trust.provider,
            issuer: trust.issuer,
            audience: trust.audience,
            repository: `${trust.repository} (${trust.repositoryId}), owner ${trust.ownerId}`,
            workflow: trust.workflow,
            refs: trust.refs.join(', '),
            events: trust.events.join(', '),
            environment: trust.environment,
            actions: trust.actions.join(', '),
            apps: trust.apps.join(', '),
            environments: trust.environments.join(', '),
            version: `${trust.version}, by ${trust.changedBy} at ${timeText(trust.changedAt)}`,
          }),
        );
      }),
    );
};
