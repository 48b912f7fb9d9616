import { GimletdError } from '../errors/gimletd-error.ts';
import type { ResendPolicy } from '../messages/mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Releases } from './ports.ts';
import type { Release } from './release.ts';
import { renderMark, writeMark } from './release-marks.ts';
import { type RenderArtifactPorts, renderArtifact } from './render-artifact.ts';
import { waitsForTurn } from './waits-for-turn.ts';
import { wakeFollowers } from './wake-followers.ts';

export interface RenderReleasePorts extends RenderArtifactPorts {
  readonly releases: Releases;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  readonly clock: () => number;
}

type Rendered = Awaited<ReturnType<typeof renderArtifact>>;

/** Begun more often than this, rendering is given up: nothing that waits for it may wait for ever. */
const MAX_ATTEMPTS = 3;

/**
 * Renders a queued release and hands it to the writer. Answers its state afterwards; undefined when there was
 * nothing to do (it is not there, is past rendering, or another invocation has it).
 * @throws GimletdError retryable ones only: what can never pass ends the release as `failed`.
 */
export async function renderRelease(
  ports: RenderReleasePorts,
  { releaseId }: { readonly releaseId: string },
): Promise<Release | undefined> {
  const found = await ports.releases.get(releaseId);
  if (!found || (found.state !== 'queued' && found.state !== 'rendering')) return undefined;
  if (found.change.kind !== 'deploy' || waitsForTurn(found)) return undefined;
  if (found.attempts >= MAX_ATTEMPTS) {
    return fail(ports, found, 'render-attempts', `rendering was begun ${MAX_ATTEMPTS} times and never ended`);
  }
  const release = await begin(ports, found);
  if (!release) return undefined;
  try {
    return await finish(ports, release, await renderArtifact(ports, release));
  } catch (error) {
    if (!(error instanceof GimletdError) || error.retryable) throw error;
    return fail(ports, release, error.code, explain(error));
  }
}

async function begin(
  { releases, clock, resend }: RenderReleasePorts,
  release: Release,
): Promise<Release | undefined> {
  const now = clock();
  const times = { ...release.times, rendering: now };
  const change = { state: 'rendering', attempts: release.attempts + 1, times } as const;
  return releases.move(release, change, renderMark(release, release.revision + 1, now, resend));
}

/** Of an environment that keeps all, the writer makes it ready when it is its turn: it sees who is before it. */
async function finish(
  ports: RenderReleasePorts,
  release: Release,
  rendered: Rendered,
): Promise<Release | undefined> {
  const now = ports.clock();
  const kept = { ...rendered, renderedAt: now };
  const change =
    release.inLine === true
      ? ({ state: 'rendering', ...kept } as const)
      : ({ state: 'ready', ...kept, times: { ...release.times, ready: now } } as const);
  const mark = writeMark(release, release.revision + 1, now, ports);
  const moved = await ports.releases.move(release, change, mark);
  if (moved) await ports.outbox.send({ itemId: moved.id, mark });
  return moved;
}

async function fail(
  ports: RenderReleasePorts,
  release: Release,
  errorCode: string,
  outcomeReason: string,
): Promise<Release | undefined> {
  const now = ports.clock();
  const times = { ...release.times, failed: now };
  const failed = await ports.releases.move(release, { state: 'failed', errorCode, outcomeReason, times });
  if (failed) await wakeFollowers(ports, failed, now);
  return failed;
}

function explain(error: GimletdError): string {
  const fields = error.errors.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  const more = fields.filter((field) => !error.message.includes(field));
  return [error.message, ...more].join('\n').slice(0, 4_000).toWellFormed();
}
