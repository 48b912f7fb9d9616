import type { ReleaseAnswer, RequestAnswer } from '../../shared/contract/answers.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { formatDuration } from '../duration.ts';
import type { Output } from '../output/output.ts';
import { gitRef, shortSha, timeText } from '../output/version-text.ts';

export const releaseShow: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of a release, or of what `gimlet release` asked for')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet release show ID'))
    .action((id: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const found = await (await api()).release(id);
        output.answer(found, () => {
          if (found.type === 'release') describeRelease(found, output);
          else describeRequest(found, output);
        });
      }),
    );
};

function describeRelease(release: ReleaseAnswer, output: Output): void {
  const { id, app, env, artifactId, version, state, triggeredBy, policy, reason, outcomeReason, errorCode } =
    release;
  output.facts({
    id,
    target: `${env}/${app}`,
    state,
    outcome: outcomeReason,
    error: errorCode,
    artifact: artifactId,
    built: `${gitRef(version)} ${shortSha(version.sha)}`.trim(),
    'triggered by': triggeredBy,
    policy,
    why: reason,
    'gitops repo': release.gitopsRepo,
    commit: release.gitopsRef,
    'rolled back': release.rolledBack ? 'yes: a later rollback has undone it' : undefined,
    queue:
      release.queue &&
      `number ${release.queue.position}, written ${timeText(release.queue.expectedAt)} at the earliest`,
    'written after': release.queue?.after,
    paused: release.queue?.paused,
    made: timeText(release.created * 1000),
    drifted: release.drifted ? 'yes: the repo was not as we had left it' : undefined,
  });
  const times = Object.entries(release.times).sort(([, a], [, b]) => a - b);
  const start = times[0]?.[1] ?? 0;
  output.say();
  output.table(
    ['STATE', 'REACHED', 'AFTER'],
    times.map(([reached, time]) => [reached, timeText(time), formatDuration(time - start)]),
  );
}

function describeRequest(
  { id, kind, env, artifactId, triggeredBy, state, releases }: RequestAnswer,
  output: Output,
): void {
  output.facts({
    id,
    asked: kind,
    environment: env,
    artifact: artifactId,
    'triggered by': triggeredBy,
    state,
  });
  output.say();
  output.table(
    ['RELEASE', 'TARGET', 'STATE', 'COMMIT', 'OUTCOME'],
    releases.map((release) => [
      release.id,
      `${release.env}/${release.app}`,
      release.state,
      shortSha(release.gitopsRef),
      release.outcomeReason ?? '',
    ]),
  );
}
