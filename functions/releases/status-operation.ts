import { authorize } from '../../shared/access/authorize.ts';
import { toReleaseAnswer } from '../../shared/contract/answer-mapping.ts';
import type { ReleaseAnswer } from '../../shared/contract/answers.ts';
import { decodeCursor, NAME_PLACE, nextLink } from '../../shared/contract/cursor.ts';
import { answerBytes, MAX_PAGE_BYTES } from '../../shared/contract/page-limits.ts';
import { parseQuery, statusQuery } from '../../shared/contract/query.ts';
import { ownedBy } from '../../shared/release/known-teams.ts';
import type { DriftRecords, Targets } from '../../shared/release/ports.ts';
import type { Release } from '../../shared/release/release.ts';
import { seesTarget } from '../../shared/release/resources.ts';
import type { Settings } from '../../shared/release/settings.ts';
import type { Target } from '../../shared/release/target.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import { type HttpResponse, json } from '../../shared/runtime/http-response.ts';

export interface StatusPorts {
  readonly settings: Settings;
  readonly drift: Pick<DriftRecords, 'listOf'>;
  readonly targets: Pick<Targets, 'get'>;
  readonly releases: { getMany(ids: readonly string[]): Promise<Release[]> };
}

/** Apps that are looked at together. */
const BATCH = 100;

/** What runs in an environment. */
export function statusOperation(ports: StatusPorts): HttpOperations {
  return { 'GET /api/status': (request) => status(ports, request) };
}

async function status(ports: StatusPorts, request: HttpRequest): Promise<HttpResponse> {
  const { principal } = request;
  authorize(principal, 'release:read');
  const { env, app, team, cursor } = parseQuery(statusQuery, request.query);
  const after = cursor === undefined ? undefined : decodeCursor(cursor, request.query, NAME_PLACE);
  const found =
    app === undefined ? await ports.drift.listOf(env, after) : [await ports.targets.get({ app, env })];
  const isOwned = ownedBy(ports.settings, team);
  const targets = found.filter(
    (target) =>
      isOwned(target.app) && seesTarget(principal, ports.settings, target, target.running?.artifactId),
  );
  const { answer, next } = await page(ports, targets);
  return json(200, answer, next === undefined ? {} : { link: nextLink(request.path, request.query, next) });
}

/** The first targets, as many as one answer can hold; always one. `next`: the last of them, when there are more. */
async function page(
  ports: StatusPorts,
  targets: readonly Target[],
): Promise<{ readonly answer: Record<string, ReleaseAnswer | null>; readonly next?: string }> {
  const answer: Record<string, ReleaseAnswer | null> = {};
  let bytes = 0;
  let last: string | undefined;
  for (let from = 0; from < targets.length; from += BATCH) {
    for (const [app, release] of await running(ports, targets.slice(from, from + BATCH))) {
      bytes += answerBytes({ [app]: release });
      if (bytes > MAX_PAGE_BYTES && last !== undefined) return { answer, next: last };
      answer[app] = release;
      last = app;
    }
  }
  return { answer };
}

/** What was deleted does not run, though its record says who deleted it. */
async function running(
  { releases }: StatusPorts,
  targets: readonly Target[],
): Promise<(readonly [app: string, ReleaseAnswer | null])[]> {
  const ids = targets.flatMap(({ running }) => (running && running.tree !== null ? [running.releaseId] : []));
  const known = new Map((await releases.getMany(ids)).map((release) => [release.id, release]));
  return targets.map(({ app, running, drift }) => {
    const release = running && known.get(running.releaseId);
    return [app, release ? { ...toReleaseAnswer(release), ...(drift && { drift: { ...drift } }) } : null];
  });
}
