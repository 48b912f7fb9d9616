import type { BenchRelease } from '../bench-release.ts';

/** One way to get releases into a GitOps repo. It runs in a process of its own. */
export interface Contender {
  /** Whatever is not part of the contest, before every turn: a warm one makes its clone the first time. */
  ready(): Promise<void>;
  /** What is measured: a commit for each release, in order, and one push. Throws unless all of it was taken. */
  push(releases: readonly BenchRelease[]): Promise<void>;
}

interface ContenderOptions {
  readonly url: string;
  /** The same repo on disk: for what a warm contender has read long ago. */
  readonly path: string;
  /** Empty, and nobody else's. */
  readonly folder: string;
}

export type MakeContender = (options: ContenderOptions) => Contender;
