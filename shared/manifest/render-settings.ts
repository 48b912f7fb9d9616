/** What an environment's settings say about rendering; part of the render key, since each changes the output. */
export interface RenderSettings {
  /** Kubernetes version that charts are rendered for, e.g. `1.33.0`: pinned, or a new helm would change manifests. */
  readonly kubeVersion: string;
  /** API versions that charts may ask for beside the built-in ones, e.g. `monitoring.coreos.com/v1`. */
  readonly apiVersions: readonly string[];
  /** Whether objects without a namespace (ClusterRole, Namespace …) may be released. */
  readonly allowClusterScoped: boolean;
  /** Whether objects of another namespace than the manifest's may be released. */
  readonly allowOtherNamespaces: boolean;
  /** Whether plain Secret objects with data may be committed to git. */
  readonly allowPlainSecrets: boolean;
}

export const DEFAULT_RENDER: RenderSettings = {
  kubeVersion: '1.33.0',
  apiVersions: [],
  allowClusterScoped: false,
  allowOtherNamespaces: false,
  allowPlainSecrets: false,
};
