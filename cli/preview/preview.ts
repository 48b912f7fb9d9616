import type { PreviewAnswer } from '../../shared/contract/previews.ts';
import { CliError } from '../cli-error.ts';
import type { ApiClient, RequestOperation } from '../client/api-client.ts';
import type { Tools } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { gitRef, shortSha } from '../output/version-text.ts';
import { sayDiff } from './diff-text.ts';

type PreviewedRelease = PreviewAnswer['releases'][number];

const PAUSE_MS = 1_000;

/** Shows what a request would come to, and asks for nothing. */
export async function preview(
  { api, output, world }: Tools,
  { timeout }: { readonly timeout: number },
  operation: RequestOperation,
  body: object,
): Promise<ExitCode> {
  const client = await api();
  const answer = await rendered(client, operation, body, {
    deadline: world.now() + timeout,
    now: world.now,
    pause: () => world.sleep(PAUSE_MS),
  });
  if (answer === undefined) {
    throw new TimeIsUp('The time is up, and it is still being rendered.', {
      code: 'timed-out',
      hint: 'Nothing was asked for. What is rendered by then is kept: try again.',
    });
  }
  output.answer(answer, () => {
    for (const release of answer.releases) describe(release, answer.kind, output);
    output.say(output.colours.dim('Dry run: nothing was asked for.'));
  });
  return answer.releases.every(isFree) ? EXIT.done : EXIT.failed;
}

/** Whether nothing stands in the way; that people must agree first is told. */
function isFree({ outcome }: PreviewedRelease): boolean {
  return outcome === 'released' || outcome === 'awaitingApproval';
}

class TimeIsUp extends CliError {
  override readonly exitCode = EXIT.timedOut;
}

/** Asks until it is rendered; undefined when the time is up. */
async function rendered(
  client: ApiClient,
  operation: RequestOperation,
  body: object,
  {
    deadline,
    now,
    pause,
  }: { readonly deadline: number; readonly now: () => number; readonly pause: () => Promise<unknown> },
): Promise<PreviewAnswer | undefined> {
  for (;;) {
    const answer = await client.preview(operation, body);
    if (answer.type === 'preview') return answer;
    if (now() >= deadline) return undefined;
    await pause();
  }
}

function describe(release: PreviewedRelease, kind: PreviewAnswer['kind'], output: Output): void {
  const { bold, green, red, yellow } = output.colours;
  const { env, app, outcome, sentence, running, artifactId, files, errors = [] } = release;
  const paint = outcome === 'released' ? green : isFree(release) ? yellow : red;
  output.say(`${bold(printable(`${env}/${app}`))}  ${paint(outcome)}  ${printable(sentence)}`);
  output.facts({
    '  runs': running && versionOf(running),
    ...(kind !== 'delete' && { '  then': artifactId }),
  });
  for (const warning of warningsOf(release)) output.say(`  ${yellow('!')} ${printable(warning)}`);
  for (const { path, message } of errors)
    output.say(`  ${red('✗')} ${printable(`${path} ${message}`.trim())}`);
  if (files.length > 0) sayDiff(release, output);
  output.say();
}

function versionOf({ artifactId, version, gitopsRef }: NonNullable<PreviewedRelease['running']>): string {
  const commit = gitopsRef === undefined ? '' : `, commit ${shortSha(gitopsRef)}`;
  return `${artifactId} (${`${gitRef(version)} ${shortSha(version.sha)}`.trim()}${commit})`;
}

function warningsOf({ running, hold, willHold, conditions }: PreviewedRelease): string[] {
  return [
    ...(running?.drifted
      ? [
          'somebody else has changed its directory since: the diff is against what GimletD had written, and all of it is replaced',
        ]
      : []),
    ...(hold ? [`automation is held by ${hold.owner}: ${hold.reason}`] : []),
    ...(willHold === undefined ? [] : [`automation of it would be held from then on: ${willHold}`]),
    ...conditions
      .filter(({ holds }) => !holds)
      .map(({ name, wanted, saw }) => `${name}: wanted ${wanted}, saw ${saw}`),
  ];
}
