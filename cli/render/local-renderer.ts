import { dirname } from 'node:path';
import { chartRepositories } from '../../shared/adapters/charts/chart-repositories.ts';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { makeKustomize } from '../../shared/adapters/helm/kubectl-kustomize.ts';
import { fetchedCharts, type RenderPorts, type RenderSettings } from '../../shared/contract/rendering.ts';
import type { World } from '../world.ts';
import { chartsAtPaths } from './chart-at-path.ts';
import { findProgram, type Program } from './find-program.ts';

const HELM: Program = {
  name: 'helm',
  purpose: 'A manifest with a chart',
  install: 'helm 4: https://helm.sh/docs/intro/install',
};
const KUBECTL: Program = {
  name: 'kubectl',
  purpose: 'A manifest with patches',
  install: 'kubectl 1.27 or later: https://kubernetes.io/docs/tasks/tools',
};

export interface LocalRendererOptions {
  readonly world: World;
  /** The file that the manifests come from. */
  readonly file: string;
  readonly chart?: string | undefined;
  readonly settings: RenderSettings;
}

/**
 * The server's renderer on this machine, with the programs that are installed here, each looked for when it is needed.
 * The one place of the CLI that sees adapters: it is to it what its handler is to a function.
 */
export function localRenderer({ world, file, chart, settings }: LocalRendererOptions): RenderPorts {
  const helm = once(async () => makeHelm({ path: await findProgram(HELM, world.env) }));
  const kustomize = once(async () => makeKustomize({ path: await findProgram(KUBECTL, world.env) }));
  const remote = fetchedCharts(chartRepositories({ hosts: ['*'], allowLoopback: true }));
  return {
    charts: chartsAtPaths({ path: chart, base: dirname(file), remote }),
    helm: {
      template: async (request) => (await helm()).template(request),
      version: async () => (await helm()).version(),
    },
    kustomize: {
      patch: async (request) => (await kustomize()).patch(request),
      version: async () => (await kustomize()).version(),
    },
    settings,
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
