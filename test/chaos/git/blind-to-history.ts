import type { GitBranch, GitEngine } from '../../../shared/gitops/git-engine.ts';

/** The negative control: an engine that finds nothing in the history, so that what a dead writer pushed is pushed again. */
export function blindToHistory(engine: GitEngine): GitEngine {
  return {
    async open(ref) {
      const branch = await engine.open(ref);
      const blind: GitBranch = {
        tip: (options) => branch.tip(options),
        plan: (edits) => branch.plan(edits),
        push: (plan) => branch.push(plan),
        directories: (path) => branch.directories(path),
        commitsSince: () => Promise.resolve({ commits: [], reached: true }),
      };
      return blind;
    },
  };
}
