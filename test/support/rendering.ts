import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { makeHelm } from '../../shared/adapters/helm/helm-binary.ts';
import { makeKustomize } from '../../shared/adapters/helm/kubectl-kustomize.ts';
import { chartLocator } from '../../shared/manifest/chart-locator.ts';
import type { ChartSource } from '../../shared/manifest/chart-source.ts';
import { manifestSchema } from '../../shared/manifest/manifest-schema.ts';
import { planRender, type RenderPorts } from '../../shared/manifest/plan-render.ts';
import { renderManifest } from '../../shared/manifest/render-manifest.ts';
import type { RenderSettings } from '../../shared/manifest/render-settings.ts';
import { resolveManifest } from '../../shared/manifest/resolve-manifest.ts';
import { sha256 } from './chart-server.ts';

export const STRICT: RenderSettings = {
  kubeVersion: '1.33.0',
  apiVersions: [],
  allowClusterScoped: false,
  allowOtherNamespaces: false,
  allowPlainSecrets: false,
};

const never = async (): Promise<never> => {
  throw new Error('raw manifests need no program');
};

/** What renders raw manifests alone: no chart, no helm, no patches. */
export const NO_PROGRAMS = {
  charts: { identify: never, archive: never },
  helm: { version: never, template: never },
  kustomize: { version: never, patch: never },
};

/** A chart that is at hand. */
export function chartAtHand(archive: Uint8Array): ChartSource {
  return {
    identify: async (chart) => {
      const { name, version } = chartLocator(chart);
      return { name, version, digest: sha256(archive) };
    },
    archive: async () => archive,
  };
}

/** Renders a manifest of the app `myapp` with the real helm; what is not given is as in a good one. */
export async function render(
  fields: object,
  ports: Partial<Omit<RenderPorts, 'settings'>> & {
    readonly settings?: Partial<RenderSettings>;
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
) {
  const manifest = manifestSchema.parse({ app: 'myapp', env: 'staging', namespace: 'my-team', ...fields });
  const resolved = resolveManifest(manifest, ports.variables ?? {});
  const given: RenderPorts = {
    charts: ports.charts ?? chartAtHand(Buffer.alloc(0)),
    helm: ports.helm ?? makeHelm({ path: await ensureHelm() }),
    kustomize: ports.kustomize ?? makeKustomize({ path: await ensureKubectl() }),
    settings: { ...STRICT, ...ports.settings },
  };
  return renderManifest(await planRender(resolved, given), given);
}

/** A manifest's chart that `chartAtHand` gives whatever it has. */
export const SOME_CHART = { repository: 'https://charts.example.com', name: 'web', version: '1.2.0' };
