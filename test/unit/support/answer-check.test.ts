import { describe, expect, it } from 'vitest';
import { type Answered, answerProblems, unknownParameters } from '../../support/answer-check.ts';

const RELEASE = {
  type: 'release',
  id: 'rel-1',
  app: 'webapp',
  env: 'staging',
  artifactId: 'a1',
  version: { repositoryName: 'acme/webapp', name: 'acme/webapp', event: 'push', pr: false, sha: 'abc' },
  state: 'released',
  terminal: true,
  cause: 'arrival',
  triggeredBy: 'policy',
  reason: 'event push matches push',
  order: 1,
  gitopsRepo: 'https://git.example/gitops.git',
  created: 1,
  times: { queued: 1000 },
};
const PROBLEM = { type: 'urn:x', title: 'Not found', status: 404, detail: 'There is none.', code: 'none' };

function answered(
  changes: Partial<Omit<Answered, 'headers'>> & {
    body?: unknown;
    type?: string;
    headers?: Record<string, string>;
  },
) {
  const { body = [RELEASE], type = 'application/json', headers = {}, ...rest } = changes;
  return {
    method: 'GET',
    target: '/api/releases?env=staging',
    status: 200,
    text: JSON.stringify(body),
    ...rest,
    headers: new Headers({ 'content-type': type, ...headers }),
  };
}

describe('the check that every answer in the tests goes through', () => {
  it.each([
    ['an answer as documented', {}],
    ['a problem', { status: 400, type: 'application/problem+json', body: { ...PROBLEM, status: 400 } }],
    ['what the gateway says by itself', { status: 503, body: { message: 'Service Unavailable' } }],
    ['an unknown path', { target: '/nowhere', status: 404, type: 'application/problem+json', body: PROBLEM }],
    ['an id with slashes', { target: '/api/releases/a%2Fb', body: RELEASE }],
  ])('lets %s through', (_, changes) => {
    expect(answerProblems(answered(changes))).toEqual([]);
  });

  it.each([
    ['a field of another type', { body: [{ ...RELEASE, order: 'first' }] }, '/0/order must be integer'],
    ['a missing field', { body: [{ ...RELEASE, state: undefined }] }, "must have required property 'state'"],
    ['an unknown state', { body: [{ ...RELEASE, state: 'lost' }] }, '/0/state must be equal to one of'],
    [
      'a field that is not documented',
      { body: [{ ...RELEASE, colour: 'red' }] },
      '"additionalProperty":"colour"',
    ],
    [
      'one deep in an answer',
      { body: [{ ...RELEASE, version: { ...RELEASE.version, x: 1 } }] },
      '"additionalProperty":"x"',
    ],
    ['another status', { status: 204, text: '' }, 'the status 204 is not documented'],
    ['another content type', { type: 'text/plain' }, 'the content type text/plain is not documented'],
    [
      'a problem in plain JSON',
      { status: 404, target: '/api/releases/x', body: PROBLEM },
      'application/json is not documented',
    ],
    [
      'a problem without its code',
      { status: 400, type: 'application/problem+json', body: { ...PROBLEM, code: undefined } },
      "'code'",
    ],
    [
      'a missing header',
      { status: 401, type: 'application/problem+json', body: { ...PROBLEM, status: 401 } },
      'www-authenticate is missing',
    ],
    [
      'an answer to a path that is not documented',
      { target: '/api/secret' },
      'GET /api/secret is not documented',
    ],
    [
      'a body where there is none',
      { target: '/openapi.json', status: 304, headers: { etag: '"1"', 'cache-control': 'x' } },
      'it has a body',
    ],
  ])('finds %s', (_, changes, problem) => {
    expect(answerProblems(answered(changes)).join('; ')).toContain(problem);
  });

  it('finds a parameter that nobody documented', () => {
    const asked = answered({ target: '/api/releases?env=a&colour=red' });
    expect(unknownParameters(asked)).toEqual(['the parameter colour is not documented']);
    expect(unknownParameters(answered({ target: '/api/releases?env=a' }))).toEqual([]);
  });
});
