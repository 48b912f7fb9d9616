/** A GitOps repo as it may have grown: `<env>/<app>/…`, one commit for each release so far. */
export interface RepoSize {
  readonly name: SizeName;
  readonly apps: number;
  readonly environments: readonly string[];
  readonly commits: number;
  /** How often everything is measured unless told otherwise: the larger the repo, the longer a round. */
  readonly rounds: number;
  /** Measured only to see whether a longer history costs anything; our own writer, one release, that is. */
  readonly onlyHistory?: true;
}

export const SIZE_NAMES = ['S', 'M', 'M-long', 'L'] as const;
export type SizeName = (typeof SIZE_NAMES)[number];

const THREE = ['staging', 'preview', 'production'] as const;

export const SIZES: Readonly<Record<SizeName, RepoSize>> = {
  S: { name: 'S', apps: 50, environments: THREE, commits: 500, rounds: 20 },
  M: { name: 'M', apps: 1_000, environments: THREE, commits: 10_000, rounds: 12 },
  'M-long': {
    name: 'M-long',
    apps: 1_000,
    environments: THREE,
    commits: 50_000,
    rounds: 12,
    onlyHistory: true,
  },
  L: { name: 'L', apps: 5_000, environments: [...THREE, 'canary'], commits: 50_000, rounds: 8 },
};

export function describeSize({ name, apps, environments, commits }: RepoSize): string {
  const count = (value: number) => value.toLocaleString('en-US');
  return `${name}: ${count(apps)} apps × ${environments.length} environments, ${count(commits)} commits`;
}
