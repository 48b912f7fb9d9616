import * as z from 'zod';
import { checkedFetch } from './checked-fetch.ts';

/**
 * How the published `gimlet` client of the open-source project talks to a server: what it sends, and how it reads
 * what it gets. Fields are of the types that its structs have; it can't read others, and ignores what it does not know.
 */
export interface PublishedClient {
  artifactPost(document: unknown): Promise<z.output<typeof artifact>>;
  artifactsGet(parameters: string): Promise<z.output<typeof artifact>[]>;
  releasesGet(parameters: string): Promise<z.output<typeof release>[]>;
  statusGet(parameters: string): Promise<Record<string, z.output<typeof release> | null>>;
  releasesPost(request: { env: string; app?: string; artifactId: string }): Promise<string>;
  rollbackPost(env: string, app: string, sha: string): Promise<string>;
  deletePost(env: string, app: string): Promise<void>;
  trackRelease(id: string): Promise<ReleaseStatus>;
  trackArtifact(id: string): Promise<ReleaseStatus>;
  /** Of its first versions: the status and what they call its description. */
  trackGet(id: string): Promise<readonly [string, string]>;
  userGet(login: string): Promise<User>;
  userPost(user: { readonly login: string; readonly admin: boolean }): Promise<User>;
  gitopsRepoGet(): Promise<string>;
}

/** Any status above this is an error to it. */
const HIGHEST_GOOD_STATUS = 206;

const seconds = z.number().int();
const version = z.object({
  repositoryName: z.string().optional(),
  sha: z.string().optional(),
  created: seconds.optional(),
  branch: z.string().optional(),
  event: z.enum(['push', 'tag', 'pr']).optional(),
  sourceBranch: z.string().optional(),
  targetBranch: z.string().optional(),
  tag: z.string().optional(),
  authorName: z.string().optional(),
  authorEmail: z.string().optional(),
  committerName: z.string().optional(),
  committerEmail: z.string().optional(),
  message: z.string().optional(),
  url: z.string().optional(),
});
const artifact = z.object({
  id: z.string(),
  created: seconds.optional(),
  version,
  context: z.record(z.string(), z.string()).optional(),
  environments: z
    .array(z.object({ app: z.string(), env: z.string(), namespace: z.string().optional() }))
    .optional(),
  items: z.array(z.record(z.string(), z.unknown())).optional(),
});
const release = z.object({
  app: z.string(),
  env: z.string(),
  artifactId: z.string(),
  triggeredBy: z.string(),
  version: version.nullable(),
  gitopsRef: z.string().default(''),
  gitopsRepo: z.string(),
  created: seconds.optional(),
  rolledBack: z.boolean().default(false),
});
const releaseStatus = z.object({
  status: z.string(),
  statusDesc: z.string(),
  gitopsHashes: z.array(z.object({ hash: z.string(), status: z.string(), statusDesc: z.string() })).nullish(),
  results: z
    .array(
      z.object({
        app: z.string(),
        hash: z.string(),
        status: z.string(),
        gitopsCommitStatus: z.string(),
        gitopsCommitStatusDesc: z.string().optional(),
        env: z.string(),
        statusDesc: z.string().optional(),
      }),
    )
    .nullish(),
});
export type ReleaseStatus = z.output<typeof releaseStatus>;

const user = z.object({ login: z.string(), admin: z.boolean(), token: z.string().optional() });
type User = z.output<typeof user>;

export function publishedClient(server: {
  readonly url: string;
  readonly adminToken: string;
}): PublishedClient {
  /** A body has a type and a length; without one there is neither. */
  const open = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await checkedFetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${server.adminToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status > HIGHEST_GOOD_STATUS) throw new Error(`client error ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const id = z.object({ id: z.string() });
  const query = (parameters: string) => (parameters === '' ? '' : `?${parameters}`);
  return {
    artifactPost: async (document) => artifact.parse(await open('POST', '/api/artifact', document)),
    artifactsGet: async (parameters) =>
      z.array(artifact).parse(await open('GET', `/api/artifacts${query(parameters)}`)),
    releasesGet: async (parameters) =>
      z.array(release).parse(await open('GET', `/api/releases${query(parameters)}`)),
    statusGet: async (parameters) =>
      z.record(z.string(), release.nullable()).parse(await open('GET', `/api/status${query(parameters)}`)),
    releasesPost: async ({ env, app = '', artifactId }) => {
      const request = { env, app, artifactId, triggeredBy: '' };
      return id.parse(await open('POST', '/api/releases', request)).id;
    },
    rollbackPost: async (env, app, sha) =>
      id.parse(await open('POST', `/api/rollback?env=${env}&app=${app}&sha=${sha}`)).id,
    deletePost: async (env, app) => {
      z.record(z.string(), z.unknown()).parse(await open('POST', `/api/delete?env=${env}&app=${app}`));
    },
    trackRelease: async (tracked) =>
      releaseStatus.parse(await open('GET', `/api/eventReleaseTrack?id=${tracked}`)),
    trackArtifact: async (tracked) =>
      releaseStatus.parse(await open('GET', `/api/eventArtifactTrack?artifactId=${tracked}`)),
    trackGet: async (tracked) => {
      const found = z.object({ status: z.string(), desc: z.string() });
      const { status, desc } = found.parse(await open('GET', `/api/event?id=${tracked}`));
      return [status, desc];
    },
    userGet: async (login) => user.parse(await open('GET', `/api/user/${login}?withToken=false`)),
    userPost: async (made) => user.parse(await open('POST', '/api/user', { ...made, token: '' })),
    gitopsRepoGet: async () =>
      z.object({ gitopsRepo: z.string() }).parse(await open('GET', '/api/gitopsRepo')).gitopsRepo,
  };
}

/** What it makes of a status when it waits: it fails, it is done, or it asks again. */
export function outcomeOf({
  status,
  gitopsHashes,
  results,
}: ReleaseStatus): 'failed' | 'succeeded' | 'waits' {
  if (status === 'error') return 'failed';
  const states = results
    ? results.map(({ gitopsCommitStatus }) => gitopsCommitStatus)
    : (gitopsHashes ?? []).map((hash) => hash.status);
  if (states.some((state) => state.includes('Failed'))) return 'failed';
  // Of nothing, all have succeeded.
  const all = states.every((state) => state === 'ReconciliationSucceeded');
  return all && status !== 'new' ? 'succeeded' : 'waits';
}
