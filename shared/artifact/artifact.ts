import type { Grant } from '../access/principal.ts';
import { expandPreview } from '../manifest/expand-preview.ts';
import type { GitEvent, Manifest } from '../manifest/manifest-schema.ts';

/** The version of an application that an artifact stands for, as CI described it. */
export interface Version {
  readonly repositoryName: string;
  readonly event: GitEvent;
  readonly sha: string;
  readonly branch?: string;
  /** Pull requests: where it comes from, and where it wants to go. */
  readonly sourceBranch?: string;
  readonly targetBranch?: string;
  readonly tag?: string;
  readonly authorName?: string;
  readonly authorEmail?: string;
  readonly committerName?: string;
  readonly committerEmail?: string;
  readonly message?: string;
  readonly url?: string;
  /** Unix seconds. */
  readonly created?: number;
}

/** What the client sent, in the canonical spelling. */
export interface ArtifactContent {
  readonly id: string;
  readonly version: Version;
  /** CI's variables. */
  readonly context: Readonly<Record<string, string>>;
  /** What the pipeline added as it went: images, test reports, links. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly environments: readonly Manifest[];
}

/** Who pushed an artifact, and what let it in. */
export interface Pusher {
  /** Of its token, or of what is trusted. */
  readonly id: string;
  readonly name: string;
  /** Those of its grants that let it push: where its artifacts may be released by their own policies. */
  readonly grants: readonly Grant[];
}

/** A stored artifact: one releasable version. */
export interface Artifact extends ArtifactContent {
  /** Unix seconds of receipt. */
  readonly created: number;
  /** SHA-256 of the canonical content, hex: tells a repeated push from a contradicting one. */
  readonly digest: string;
  /** Place among the artifacts of its repository, in the order of acceptance. */
  readonly order: number;
  /** Absent where nobody had to be asked. */
  readonly pushedBy?: Pusher;
}

/**
 * The branch whose code was built: of a pull request the one it comes from, so that a pull request never passes for
 * the branch it wants to go to.
 */
export function builtBranch(version: Version): string | undefined {
  return version.event === 'pr' ? (version.sourceBranch ?? version.branch) : version.branch;
}

/** An artifact's manifests as they are to be released, in their order: previews are what they stand for. */
export function manifestsOf({ environments }: Pick<ArtifactContent, 'environments'>): Manifest[] {
  return environments.map(expandPreview);
}

/** The variables of an artifact's manifests: the context, then the string values of its items, later ones winning. */
export function artifactVariables({ context, items }: ArtifactContent): Record<string, string> {
  const fromItems = items
    .flatMap((item) => Object.entries(item))
    .filter(([, value]) => typeof value === 'string');
  return { ...context, ...(Object.fromEntries(fromItems) as Record<string, string>) };
}
