import type { DriftsAnswer } from '../../shared/contract/answers.ts';
import { UsageError } from '../cli-error.ts';
import type { ApiClient } from '../client/api-client.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import type { Output } from '../output/output.ts';
import { agoOf, shortSha } from '../output/version-text.ts';
import { checkRuns } from '../status/nothing-runs.ts';
import type { World } from '../world.ts';

interface ReconcileFlags extends JsonFlag {
  readonly env: string;
  readonly app?: string;
  readonly reapply?: true;
  readonly adopt?: true;
}

export const adminReconcile: DefineCommand = (command, run) => {
  command
    .requiredOption('-e, --env <name>', 'environment')
    .option('--app <name>', 'only this app')
    .option('--reapply', 'write what GimletD had released again')
    .option('--adopt', 'take what was found in the repo for what is wanted')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `\nWithout --reapply or --adopt it only lists what somebody else has changed in the GitOps repo.\n${examples(
        'gimlet admin reconcile --env production',
        'gimlet admin reconcile --env production --app shop --reapply',
      )}`,
    )
    .action((flags: ReconcileFlags) =>
      run({ json: flags.output === 'json' }, async ({ api, output, world }) => {
        if (flags.reapply && flags.adopt) throw new UsageError('Choose one of --reapply and --adopt.');
        const client = await api();
        if (flags.reapply || flags.adopt) await settle(client, flags, output);
        else list(await driftsOf(client, flags), output, world);
      }),
    );
};

/** Nothing can drift where nothing runs: then the name is wrong. */
async function driftsOf(client: ApiClient, { env, app }: ReconcileFlags): Promise<DriftsAnswer> {
  const drifts = await client.drifts({ env, app });
  if (drifts.length === 0) checkRuns(await client.status({ env, app, team: undefined }), { env, app });
  return drifts;
}

function list(drifts: DriftsAnswer, output: Output, world: World): void {
  output.answer(drifts, () => {
    if (drifts.length === 0) output.say('Nothing has drifted: every directory is as GimletD has written it.');
    output.table(
      ['TARGET', 'RELEASED', 'WANTED', 'FOUND', 'SEEN'],
      drifts.map(({ env, app, artifactId, wanted, found, seenAt }) => [
        `${env}/${app}`,
        artifactId,
        wanted === null ? 'nothing' : shortSha(wanted),
        found === null ? 'nothing' : shortSha(found),
        agoOf(seenAt, world.now()),
      ]),
    );
  });
}

async function settle(client: ApiClient, flags: ReconcileFlags, output: Output): Promise<void> {
  const mode = flags.adopt ? 'adopt' : 'reapply';
  const { requests } = await client.reconcile({
    env: flags.env,
    mode,
    ...(flags.app !== undefined && { app: flags.app }),
  });
  output.answer({ requests }, () => {
    if (mode === 'adopt') output.say('Adopted: what is in the repo is what is wanted now.');
    for (const { id, releases } of requests) {
      const targets = releases.map(({ env, app }) => `${env}/${app}`).join(', ');
      output.say(`${targets} is written again: follow it with \`gimlet release show ${id}\`.`);
    }
  });
}
