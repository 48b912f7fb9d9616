import { setTimeout as sleep } from 'node:timers/promises';
import { isomorphicGitEngine } from '../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { smartHttpGitEngine } from '../../shared/adapters/git/smart-http-engine.ts';
import { NO_CREDENTIALS } from '../../shared/gitops/git-credentials.ts';
import type { WriterPorts } from '../../shared/gitops/ports.ts';
import type { Stores } from './stores.ts';
import { folderForTest } from './test-folder.ts';

export const ENGINES = {
  'smart HTTP': () => smartHttpGitEngine({ credentials: NO_CREDENTIALS }),
  'isomorphic-git': () =>
    isomorphicGitEngine({
      credentials: NO_CREDENTIALS,
      directory: folderForTest(),
    }),
} as const;
export type EngineName = keyof typeof ENGINES;

/** A writer of its own on the given stores: what a fresh invocation on a cold start is. */
export function makeWriterPorts(stores: Stores, engine: EngineName = 'smart HTTP'): WriterPorts {
  return {
    ...stores,
    git: ENGINES[engine](),
    clock: Date.now,
    sleep: (ms) => sleep(ms),
    random: () => 0.5,
  };
}

/** A port with some of its methods replaced. */
export function overriding<T extends object>(port: T, methods: Partial<T>): T {
  return Object.assign(Object.create(port), methods) as T;
}
