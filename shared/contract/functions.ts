/** What a function needs of its host, the same on AWS and on a laptop. */
export interface FunctionSpec {
  readonly description: string;
  /** Seconds after which the host ends an invocation. */
  readonly timeoutSeconds: number;
  /** MiB; on AWS the share of a CPU grows with it (1769 MiB is one). */
  readonly memoryMb: number;
  /** `x86_64` only where a binary asks for it. */
  readonly architecture: 'arm64' | 'x86_64';
}

/** Every function of the product; each has its entry in `functions/<name>/handler.ts`. */
export const FUNCTIONS = {
  authorizer: {
    description: 'Says who calls; what they may do is decided in the handlers',
    timeoutSeconds: 5,
    memoryMb: 256,
    architecture: 'arm64',
  },
  artifacts: {
    description: 'Accepts artifacts, and lets people browse them and their decisions',
    // As long as a request may take: a check waits for the renderer.
    timeoutSeconds: 29,
    memoryMb: 512,
    architecture: 'arm64',
  },
  releases: {
    description: 'Takes requests for releases; answers what was released and what runs where',
    // As long as a request may take: a dry run waits for the renderer.
    timeoutSeconds: 29,
    memoryMb: 512,
    architecture: 'arm64',
  },
  admin: {
    description: 'Keeps settings, policies and holds, and tries policies on what was decided before',
    timeoutSeconds: 20,
    memoryMb: 1024,
    architecture: 'arm64',
  },
  docs: {
    description: 'Says what the API is: its OpenAPI document and a page of it',
    timeoutSeconds: 5,
    memoryMb: 256,
    architecture: 'arm64',
  },
  policy: {
    description: 'Decides what an artifact or a request releases',
    timeoutSeconds: 30,
    memoryMb: 512,
    architecture: 'arm64',
  },
  renderer: {
    description: 'Renders a manifest to Kubernetes YAML with helm; no secret, no network of its own',
    timeoutSeconds: 60,
    memoryMb: 1769,
    architecture: 'x86_64',
  },
  charts: {
    description: 'Fetches and checks charts for the renderer; runs no helm',
    timeoutSeconds: 30,
    memoryMb: 512,
    architecture: 'arm64',
  },
  writer: {
    description: 'Commits releases to the GitOps repo; alone holds the git credential',
    timeoutSeconds: 60,
    memoryMb: 1024,
    architecture: 'arm64',
  },
  notifier: {
    description: 'Tells people and programs what happened: webhooks, Slack',
    timeoutSeconds: 30,
    memoryMb: 256,
    architecture: 'arm64',
  },
  sweeper: {
    description: 'Sends again what is due, every minute',
    timeoutSeconds: 50,
    memoryMb: 256,
    architecture: 'arm64',
  },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof FUNCTIONS;
