import { stringify } from 'yaml';
import type { Kustomize, PatchRequest } from '../../manifest/patch/kustomize.ts';
import { BoundedTool, type BoundedToolOptions } from './bounded-tool.ts';

const MERGE_PATCH = 'patches/strategic-merge.yaml';

/** kustomize as it is built into kubectl, which is asked for nothing else: it knows no cluster. */
export function makeKustomize(options: BoundedToolOptions): Kustomize {
  const kubectl = new BoundedTool('the patches could not be applied', options);
  return {
    patch: (request) => kubectl.run({ args: ['kustomize', '.'], files: filesOf(request) }),
    version: async () => {
      const answer = await kubectl.version(['version', '--client', '--output', 'json']);
      return String((JSON.parse(answer) as { readonly kustomizeVersion?: unknown }).kustomizeVersion);
    },
  };
}

function filesOf({
  files,
  strategicMergePatches,
  json6902Patches = [],
}: PatchRequest): Record<string, string> {
  const jsonPatches = json6902Patches.map((patch, index) => ({
    ...patch,
    path: `patches/json-${index}.yaml`,
  }));
  // A list of our own files and nothing else: one that a user wrote could name addresses.
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    sortOptions: { order: 'fifo' },
    resources: files.map(({ name }) => `resources/${name}`),
    patches: [
      ...(strategicMergePatches === undefined ? [] : [{ path: MERGE_PATCH }]),
      ...jsonPatches.map(({ path, target }) => ({ path, target: literalTarget(target) })),
    ],
  };
  return {
    'kustomization.yaml': stringify(kustomization, { compat: 'yaml-1.1' }),
    ...Object.fromEntries(files.map(({ name, text }) => [`resources/${name}`, text])),
    ...(strategicMergePatches === undefined ? {} : { [MERGE_PATCH]: strategicMergePatches }),
    ...Object.fromEntries(jsonPatches.map(({ path, patch }) => [path, patch])),
  };
}

/** kustomize takes each part of a target for a regular expression; here it names one object. */
function literalTarget(target: object): Record<string, string> {
  const parts = Object.entries(target).filter(([, part]) => part !== undefined && part !== '');
  return Object.fromEntries(
    parts.map(([key, part]) => [key, String(part).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')]),
  );
}
