import { isomorphicGitEngine } from '../../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { MakeContender } from './contender.ts';
import { pushThroughEngine } from './engine-push.ts';

/** The same port on isomorphic-git, warm: a shallow bare repo without a work tree, kept between pushes. */
export const isomorphicWarm: MakeContender = ({ url, folder }) => {
  const engine = isomorphicGitEngine({
    directory: folder,
    credentials: NO_CREDENTIALS,
    now: () => 0,
  });
  return {
    ready: async () => undefined,
    push: (releases) => pushThroughEngine(engine, url, releases),
  };
};
