import type { RepoSize, SizeName } from '../sizes.ts';
import type { MakeContender } from './contender.ts';

export const CONTENDER_NAMES = [
  'ours',
  'ours-cold',
  'ours-cold-process',
  'fast-import',
  'warm-clone',
  'fresh-clone',
  'isomorphic',
] as const;
export type ContenderName = (typeof CONTENDER_NAMES)[number];

export interface ContenderInfo {
  readonly title: string;
  /** Loaded where it runs only, so that its memory is its own. */
  readonly load: () => Promise<MakeContender>;
  /** Puts any number of commits into one push; the others are measured with a release at a time. */
  readonly batches: boolean;
  /** Runs in the bench's own code, so that its process's memory is the contender's. */
  readonly ownsMemory: boolean;
  /** A new process for every turn. */
  readonly freshProcess?: true;
  /** At most so many rounds on a size, and why. */
  readonly limits?: Readonly<Partial<Record<SizeName, { readonly rounds: number; readonly why: string }>>>;
}

export const CONTENDERS: Readonly<Record<ContenderName, ContenderInfo>> = {
  ours: {
    title: 'ours, warm',
    load: async () => (await import('./ours.ts')).oursWarm,
    batches: true,
    ownsMemory: true,
  },
  'ours-cold': {
    title: 'ours, cold engine',
    load: async () => (await import('./ours.ts')).oursCold,
    batches: true,
    ownsMemory: true,
  },
  'ours-cold-process': {
    title: 'ours, cold process',
    load: async () => (await import('./ours.ts')).oursCold,
    batches: false,
    ownsMemory: true,
    freshProcess: true,
  },
  'fast-import': {
    title: 'git: warm bare clone, fast-import, push',
    load: async () => (await import('./native-git.ts')).nativeFastImport,
    batches: true,
    ownsMemory: false,
  },
  'warm-clone': {
    title: 'git: warm clone, pull, commit, push',
    load: async () => (await import('./native-git.ts')).nativeWarmClone,
    batches: false,
    ownsMemory: false,
  },
  'fresh-clone': {
    title: 'git: clone --depth 1, commit, push',
    load: async () => (await import('./native-git.ts')).nativeFreshClone,
    batches: false,
    ownsMemory: false,
  },
  isomorphic: {
    title: 'isomorphic-git, warm',
    load: async () => (await import('./isomorphic.ts')).isomorphicWarm,
    batches: false,
    ownsMemory: true,
    limits: {
      M: { rounds: 3, why: 'seconds for each push' },
      L: { rounds: 0, why: 'minutes and over 700 MB for the first fetch' },
    },
  },
};

/** How many rounds a contender takes part in. */
export function roundsOf(name: ContenderName, size: RepoSize, rounds: number): number {
  if (size.onlyHistory && name !== 'ours' && name !== 'ours-cold') return 0;
  return Math.min(rounds, CONTENDERS[name].limits?.[size.name]?.rounds ?? rounds);
}
