import type { BranchRef, GitBranch, GitEngine } from '../../../shared/gitops/git-engine.ts';
import type { WriterPorts } from '../../../shared/gitops/ports.ts';

/** Every call that the writer makes to its ports, told apart by what it asks where that matters. */
const CALLS = [
  'git.open',
  'branch.tip',
  'branch.tip fresh',
  'branch.plan',
  'branch.push',
  'branch.commitsSince',
  'branch.directories',
  'ready.list',
  'releases.get',
  'releases.move to writing',
  'releases.move to released',
  'releases.move to superseded',
  'releases.move to ready',
  'targets.get',
  'targets.recordWritten',
  'controls.read',
  'bundles.get',
  'journals.read',
  'journals.replace to begin',
  'journals.replace to clear',
  'pauses.read',
  'pauses.put',
  'pauses.clear',
  'drift.listOf',
  'drift.noteDrift',
  'sleep',
] as const;

/** The steps at which a writer can be killed: before and after each of its calls. */
export const STEPS: readonly string[] = CALLS.flatMap((call) => [`before ${call}`, `after ${call}`]);

const PORTS = ['ready', 'releases', 'targets', 'controls', 'bundles', 'journals', 'pauses', 'drift'] as const;

/** Calls with more than one meaning. */
const MEANINGS: Readonly<Record<string, (args: readonly never[]) => string>> = {
  'branch.tip': ([options]: readonly Parameters<GitBranch['tip']>[0][]) => (options?.fresh ? ' fresh' : ''),
  'releases.move': ([, change]: readonly { readonly state?: string }[]) => ` to ${change?.state}`,
  'journals.replace': ([, , next]: readonly { readonly entries?: readonly unknown[] }[]) =>
    next?.entries?.length ? ' to begin' : ' to clear',
};

/** Called with the name of each step; may never return. */
export type OnStep = (step: string) => void;

/** The same ports, with `onStep` called before and after every call. */
export function withSteps(ports: WriterPorts, onStep: OnStep): WriterPorts {
  const stepping = Object.fromEntries(PORTS.map((name) => [name, observe(ports[name], name, onStep)]));
  const sleep = observe({ sleep: ports.sleep }, '', onStep).sleep;
  return { ...ports, ...stepping, sleep, git: observe(withBranchSteps(ports.git, onStep), 'git', onStep) };
}

function withBranchSteps(git: GitEngine, onStep: OnStep): GitEngine {
  return { open: async (ref: BranchRef) => observe(await git.open(ref), 'branch', onStep) };
}

function observe<T extends object>(port: T, name: string, onStep: OnStep): T {
  return new Proxy(port, {
    get: (target, method: string) => {
      const member = Reflect.get(target, method);
      if (typeof member !== 'function') return member;
      return async (...args: never[]) => {
        const call = name === '' ? method : `${name}.${method}`;
        const step = call + (MEANINGS[call]?.(args) ?? '');
        onStep(`before ${step}`);
        try {
          return await member.apply(target, args);
        } finally {
          onStep(`after ${step}`);
        }
      };
    },
  });
}
