import { type Artifact, artifactVariables, manifestsOf } from '../artifact/artifact.ts';
import { NotFoundError, UnprocessableError } from '../errors/errors.ts';
import { resolveManifest } from '../manifest/resolve-manifest.ts';
import type { ArtifactReader, Targets } from './ports.ts';
import {
  type Asked,
  type RecordPorts,
  type RequestContext,
  recordRequest,
  type Wanted,
} from './record-request.ts';
import type { TargetName } from './release.ts';
import type { ReleaseRequest } from './request.ts';

export interface RequestPorts extends RecordPorts {
  readonly artifacts: ArtifactReader;
}

export interface FindReleasesPorts {
  readonly artifacts: ArtifactReader;
  readonly targets: Pick<Targets, 'get'>;
}

export interface ReleaseOrder extends Omit<Asked, 'kind'> {
  readonly artifactId: string;
}

/**
 * Checks in full what a person wants released, and records it once; its releases are made from the record. Without an
 * app it is every manifest that the artifact has for the environment.
 * @throws NotFoundError `artifact-not-found`, `environment-not-found`, `app-not-found` (each says what there is);
 *   UnprocessableError when a manifest can't be resolved; and what `recordRequest` throws.
 */
export function requestRelease(
  ports: RequestPorts,
  order: ReleaseOrder,
  context: RequestContext,
): Promise<ReleaseRequest> {
  return recordRequest(ports, { kind: 'release', ...order }, context, () => findReleases(ports, order));
}

/** What a release of an artifact would be, checked in full; nothing is written. @throws as `requestRelease`. */
export async function findReleases(
  { artifacts, targets }: FindReleasesPorts,
  order: ReleaseOrder,
): Promise<Wanted[]> {
  const artifact = await artifacts.get(order.artifactId);
  if (!artifact) throw unknownArtifact(order.artifactId);
  return wantedOf(targets, artifact, order);
}

export function unknownArtifact(id: string): NotFoundError {
  return new NotFoundError(
    'artifact-not-found',
    `There is no artifact '${id}'. \`gimlet artifact list\` shows those that there are.`,
  );
}

/** Names for people, each once. */
export function listNames(names: readonly string[]): string {
  const known = [...new Set(names)].filter((name) => name !== '').sort();
  return known.length === 0 ? 'none' : known.join(', ');
}

/** What an artifact has for an environment, or for one app in it; what is older than what is there is to be held. */
export function wantedOf(
  targets: Pick<Targets, 'get'>,
  artifact: Artifact,
  order: { readonly env: string; readonly app?: string },
): Promise<Wanted[]> {
  return Promise.all(
    findCandidates(artifact, order).map(async ({ app, env, manifestIndex }) => {
      const { artifactOrders } = await targets.get({ app, env });
      const { id, version } = artifact;
      const isOlder = artifact.order < (artifactOrders[version.repositoryName] ?? 0);
      const holdReason = `an older version, ${version.sha.slice(0, 12)}, was released by hand`;
      const found = { app, env, artifactId: id, manifestIndex, version, artifactOrder: artifact.order };
      return isOlder ? { ...found, holdReason } : found;
    }),
  );
}

interface Candidate extends TargetName {
  readonly manifestIndex: number;
}

function findCandidates(
  artifact: Artifact,
  { env, app }: { readonly env: string; readonly app?: string },
): Candidate[] {
  const targets = manifestsOf(artifact).map((manifest, manifestIndex) => ({
    manifest,
    manifestIndex,
    app: manifest.app ?? '',
    env: manifest.env ?? '',
  }));
  const ofEnv = targets.filter((target) => target.env === env);
  if (ofEnv.length === 0) {
    const there = listNames(targets.map((target) => target.env));
    throw new NotFoundError(
      'environment-not-found',
      `The artifact has no manifest for the environment '${env}'; it has: ${there}.`,
    );
  }
  const variables = artifactVariables(artifact);
  // A templated app is known by what it resolves to; resolving also refuses here what could never be released.
  const wanted = ofEnv
    .filter((target) => app === undefined || target.app === app || target.app.includes('{{'))
    .map(({ manifest, manifestIndex }) => ({ ...resolveManifest(manifest, variables), manifestIndex }))
    .filter((target) => app === undefined || target.app === app);
  if (wanted.length === 0) {
    const there = listNames(ofEnv.map((target) => target.app));
    throw new NotFoundError(
      'app-not-found',
      `The artifact has no app '${app}' in '${env}'; it has: ${there}.`,
    );
  }
  refuseDuplicates(wanted);
  return wanted.map((target) => ({ app: target.app, env: target.env, manifestIndex: target.manifestIndex }));
}

function refuseDuplicates(targets: readonly TargetName[]): void {
  const twice = targets.find(({ app }, index) => targets.findIndex((other) => other.app === app) !== index);
  if (!twice) return;
  throw new UnprocessableError(
    'duplicate-manifest',
    `The artifact has several manifests of '${twice.app}' in '${twice.env}': it can't be told which to release.`,
  );
}
