import { isomorphicGitEngine } from '../../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import type { MakeContender } from './contender.ts';
import { pushThroughEngine } from './engine-push.ts';

/** The same port on isomorphic-git, warm: a shallow bare repo without a work tree, kept between pushes. */
export const isomorphicWarm: MakeContender = ({ url, folder }) => {
  const engine = isomorphicGitEngine({
    directory: folder,
    token: () => Promise.resolve(undefined),
    now: () => 0,
  });
  return {
    ready: async () => undefined,
    push: (releases) => pushThroughEngine(engine, url, releases),
  };
};
