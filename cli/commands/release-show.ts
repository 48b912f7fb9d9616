import type { DecisionAnswer, ReleaseAnswer, RequestAnswer } from '../../shared/contract/answers.ts';
import type { ApiClient } from '../client/api-client.ts';
import { ifThere } from '../client/if-there.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { formatDuration } from '../duration.ts';
import { givenText, missingText } from '../output/approval-text.ts';
import type { Output } from '../output/output.ts';
import { gitRef, shortSha, timeText } from '../output/version-text.ts';
import { describeDecision } from '../policy/describe-decision.ts';

export const releaseShow: DefineCommand = (command, run) => {
  command
    .argument('<id>', 'id of a release, or of what `gimlet release` asked for')
    .addOption(jsonOption())
    .addHelpText('after', examples('gimlet release show ID'))
    .action((id: string, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ api, output }) => {
        const client = await api();
        const found = await client.release(id);
        if (found.type === 'request') return output.answer(found, () => describeRequest(found, output));
        const origin = await originOf(client, found);
        output.answer({ ...found, ...origin }, () => {
          describeRelease(found, output);
          describeOrigin(origin, output);
        });
      }),
    );
};

/** Where a release came from, as far as it is still kept and may be seen. */
interface Origin {
  /** That made it; what a person asked for has none. */
  readonly decision?: DecisionAnswer;
  /** What the artifact links to. */
  readonly links: readonly Link[];
}

interface Link {
  readonly name: string;
  readonly url: string;
}

async function originOf(client: ApiClient, { id, artifactId, version }: ReleaseAnswer): Promise<Origin> {
  const [decided, artifact] = await Promise.all([
    ifThere(client.decisions(artifactId)),
    ifThere(client.artifact(artifactId)),
  ]);
  const decision = decided?.decisions.find(({ releaseId }) => releaseId === id);
  const source = version.url === undefined ? [] : [{ name: 'source', url: version.url }];
  const items = (artifact?.items ?? []).flatMap(({ name, url }) =>
    typeof url === 'string' ? [{ name: typeof name === 'string' ? name : 'item', url }] : [],
  );
  return { ...(decision && { decision }), links: [...source, ...items] };
}

function describeRelease(release: ReleaseAnswer, output: Output): void {
  const { id, app, env, artifactId, version, state, cause, triggeredBy, policy, reason } = release;
  const { approval, rendered } = release;
  output.facts({
    id,
    target: `${env}/${app}`,
    state,
    outcome: release.outcomeReason,
    error: release.errorCode,
    artifact: artifactId,
    built: `${version.repositoryName} ${gitRef(version)} ${shortSha(version.sha)}`,
    author: version.authorName,
    message: version.message?.split('\n', 1)[0],
    'triggered by': triggeredBy,
    cause,
    policy,
    why: reason,
    approvals: approval && givenText(approval),
    'waits for': approval && state === 'waiting' ? missingText(approval) : undefined,
    chart: rendered?.chart && `${rendered.chart.name} ${rendered.chart.version}`,
    rendered: rendered && `${rendered.bytes ?? '?'} bytes, ${rendered.digest.slice(0, 12)}`,
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

function describeOrigin({ decision, links }: Origin, output: Output): void {
  if (decision) {
    output.say();
    describeDecision(decision, output);
  }
  if (links.length > 0) output.say();
  output.table(
    ['LINK', 'URL'],
    links.map(({ name, url }) => [name, url]),
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
