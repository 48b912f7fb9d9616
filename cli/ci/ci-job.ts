import type { World } from '../world.ts';
import { circleci } from './circleci.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { jenkins } from './jenkins.ts';
import { woodpecker } from './woodpecker.ts';

/** The version of an artifact as far as it is known, in the words of the flags. */
export interface VersionFacts {
  readonly repositoryName?: string;
  readonly sha?: string;
  readonly event?: 'push' | 'tag' | 'pr';
  readonly branch?: string;
  readonly sourceBranch?: string;
  readonly targetBranch?: string;
  readonly tag?: string;
  readonly authorName?: string;
  readonly authorEmail?: string;
  readonly committerName?: string;
  readonly committerEmail?: string;
  readonly message?: string;
  readonly url?: string;
  /** Unix seconds or RFC 3339. */
  readonly created?: string | number;
}

/** What a CI system's environment tells about the job that runs us. */
export interface CiJob {
  readonly system: string;
  /** `<run id>-<attempt>`: another one each time the job is run, also for the same commit. */
  readonly run: string;
  readonly version: VersionFacts;
  /** Variables for manifests: never a secret. */
  readonly context: Readonly<Record<string, string>>;
}

/** Variables that are set and not empty. */
export type CiEnv = Readonly<Record<string, string>>;

/** Tells its own job from others: undefined when this is none of its. */
type CiSystem = (env: CiEnv) => CiJob | undefined;

const SYSTEMS: readonly CiSystem[] = [github, gitlab, woodpecker, circleci, jenkins];

/** The CI job that this process runs in, if any. */
export function detectCiJob(env: World['env']): CiJob | undefined {
  const set: CiEnv = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  for (const system of SYSTEMS) {
    const job = system(set);
    if (job !== undefined) return { ...job, version: known(job.version) };
  }
  return undefined;
}

/** Drops fields that are undefined, so that one set of facts can be laid over another. */
export function known(
  facts: { readonly [K in keyof VersionFacts]: VersionFacts[K] | undefined },
): VersionFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
