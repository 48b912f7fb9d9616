import type {
  ArtifactAnswer,
  DecisionAnswer,
  ReleaseAnswer,
  RequestAnswer,
} from '../../shared/contract/answers.ts';
import type { ScriptedAnswer } from './scripted-server.ts';

export const ID = 'owner/my app-abc123';
export const ARTIFACT: ArtifactAnswer = {
  id: ID,
  created: 1769850000,
  digest: 'd',
  version: {
    repositoryName: 'owner/my app',
    event: 'push',
    sha: 'abc123',
    branch: 'main',
    name: 'owner/my app',
    pr: false,
  },
  context: {},
  items: [],
  environments: [{ app: 'a', env: 'staging' }],
};

export function decision(of: Partial<DecisionAnswer>): DecisionAnswer {
  return {
    artifactId: ID,
    app: 'a',
    env: 'staging',
    cause: 'arrival',
    outcome: 'released',
    sentence: 'released: event push matches push',
    conditions: [{ name: 'event', holds: true, wanted: 'push', saw: 'push' }],
    decidedAt: 1769850000000,
    ...(of.outcome === undefined || of.outcome === 'released' ? { releaseId: 'rel-1' } : {}),
    ...of,
  };
}

export function release(state: ReleaseAnswer['state'], of: Partial<ReleaseAnswer> = {}): ReleaseAnswer {
  const ends = ['released', 'unchanged', 'superseded', 'held', 'failed'];
  return {
    type: 'release',
    id: 'rel-1',
    app: 'a',
    env: 'staging',
    artifactId: ID,
    version: ARTIFACT.version,
    state,
    terminal: ends.includes(state),
    cause: 'arrival',
    triggeredBy: 'policy',
    reason: 'released: event push matches push',
    order: 1,
    gitopsRepo: 'http://localhost/gitops.git',
    created: 1769850000,
    times: { queued: 1769850000000, [state]: 1769850000700 },
    ...of,
  };
}

export const REQUEST: RequestAnswer = {
  type: 'request',
  id: 'req-1',
  kind: 'release',
  env: 'staging',
  artifactId: ID,
  triggeredBy: 'jane',
  state: 'processing',
  releases: [{ id: 'rel-1', app: 'a', env: 'staging', artifactId: ID, state: 'queued' }],
};

export function problem(
  status: number,
  of: object = {},
  headers: Readonly<Record<string, string>> = {},
): ScriptedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    json: {
      type: 'about:blank',
      title: 'No',
      status,
      detail: 'It is not right.',
      code: 'no',
      requestId: 'r-1',
      ...of,
    },
  };
}
