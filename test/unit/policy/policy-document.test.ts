import { describe, expect, it } from 'vitest';
import { parsePolicy, policyNameOf } from '../../../shared/policy/parse-policy.ts';
import { type Policy, policyId } from '../../../shared/policy/policy.ts';
import {
  findPolicy,
  NO_POLICIES,
  withoutPolicy,
  withPolicy,
} from '../../../shared/policy/policy-document.ts';

const rule = (branch: string): Policy => ({
  kind: 'auto-release',
  app: 'shop',
  env: 'staging',
  deploy: { event: 'push', branch },
});
const ID = 'auto-release/staging/shop';
const by = (changedBy: string, rest: object = {}) => ({ changedBy, now: 1, ...rest });

describe('a document of policies', () => {
  it('keeps who changed what, and gives each version a number that none had before', () => {
    const made = withPolicy(NO_POLICIES, rule('main'), by('jane'));
    const changed = withPolicy(made, rule('dev'), by('joe'));
    const gone = withoutPolicy(changed, ID, by('jane'));
    const again = withPolicy(gone, rule('main'), by('joe'));
    expect(findPolicy(again, ID)?.version).toBe(4);
    expect(again.history.map(({ version, action, changedBy }) => [version, action, changedBy])).toEqual([
      [1, 'created', 'jane'],
      [2, 'changed', 'joe'],
      [3, 'deleted', 'jane'],
      [4, 'created', 'joe'],
    ]);
  });

  it('refuses a change that was made on another version', () => {
    const made = withPolicy(NO_POLICIES, rule('main'), by('jane'));
    const refused = expect(() => withPolicy(made, rule('dev'), by('joe', { ifMatch: 2 })));
    refused.toThrow('its version is 1, by jane');
    expect(() => withPolicy(NO_POLICIES, rule('dev'), by('joe', { ifMatch: '*' }))).toThrow('does not exist');
    expect(() => withPolicy(made, rule('dev'), by('joe', { ifNoneMatch: true }))).toThrow('version is 1');
    expect(() => withoutPolicy(made, ID, by('joe', { ifMatch: 7 }))).toThrow('version is 1');
    expect(withPolicy(made, rule('dev'), by('joe', { ifMatch: 1 })).revision).toBe(2);
  });

  it('has nothing to delete where there is nothing', () => {
    expect(() => withoutPolicy(NO_POLICIES, ID, by('joe'))).toThrow(`There is no policy '${ID}'`);
  });
});

describe('a policy as it is written', () => {
  it.each<[string, object, string]>([
    ['a glob that is none', { deploy: { event: 'push', branch: '{main' } }, 'deploy.branch'],
    ['a branch of a tag', { deploy: { event: 'tag', branch: 'main' } }, 'branch needs event push or pr'],
    ['no event', { deploy: { commitMessagePatterns: ['x'] } }, 'deploy.event'],
    ['no conditions at all', {}, 'deploy'],
    ['an app that is none', { app: 'Shop!', deploy: { event: 'push' } }, 'app: must be'],
  ])('is refused for %s, naming the field', (_what, fields, says) => {
    expect(() => parsePolicy({ kind: 'auto-release', app: 'shop', env: 'staging', ...fields })).toThrow(says);
  });

  it.each<[string, object, string]>([
    [
      'an expression that is none',
      { kind: 'branch-restriction', env: 'a', branchPattern: '(' },
      'branchPattern',
    ],
    [
      'a window without an end',
      { kind: 'freeze', env: 'a', name: 'x', freeze: { from: '2026-01-01T00:00:00Z', reason: 'x' } },
      'until',
    ],
    [
      'a window the wrong way round',
      {
        kind: 'freeze',
        env: 'a',
        name: 'x',
        freeze: { from: '2026-01-02T00:00:00Z', until: '2026-01-01T00:00:00Z', reason: 'x' },
      },
      'after from',
    ],
    [
      'a time zone that is none',
      {
        kind: 'freeze',
        env: 'a',
        name: 'x',
        freeze: { schedule: '0 0 * * *', durationMinutes: 5, timeZone: 'Mars', reason: 'x' },
      },
      'Europe/Budapest',
    ],
    [
      'a promotion to where it is',
      { kind: 'auto-promote', app: 'a', env: 'b', to: 'b', afterSeconds: 60 },
      'another environment',
    ],
    ['a stop without a reason', { kind: 'stop-the-line', reason: ' ' }, 'say why'],
    ['a kind that is none', { kind: 'auto-magic' }, 'kind'],
  ])('is refused for %s', (_what, document, says) => {
    expect(() => parsePolicy(document)).toThrow(says);
  });

  it('has an id that says where it is kept', () => {
    const policies = [
      rule('main'),
      { kind: 'auto-promote', app: 'shop', env: 'staging', to: 'production', afterSeconds: 60 },
      { kind: 'branch-restriction', env: 'staging', branchPattern: 'main' },
      { kind: 'branch-restriction', env: 'staging', app: 'shop', branchPattern: 'main' },
      { kind: 'stop-the-line', reason: 'incident' },
    ];
    for (const policy of policies.map(parsePolicy)) {
      expect(policy).toMatchObject(policyNameOf(policyId(policy)));
    }
    expect(() => policyNameOf('auto-release/a/b/c')).toThrow('auto-release/env/app');
    expect(() => policyNameOf('nothing')).toThrow('auto-promote');
  });
});

describe('a document that must fit into an item of the table', () => {
  const restriction = (n: number): Policy => ({
    kind: 'branch-restriction',
    env: 'staging',
    app: `app-${n}`,
    branchPattern: `${n}`.padEnd(1_000, 'x'),
  });
  const bytes = (document: object) => Buffer.byteLength(JSON.stringify(document));

  it('refuses the rule that would be too much, and forgets what is past before that', () => {
    let document = NO_POLICIES;
    const put = () => {
      for (let n = 0; n < 500; n += 1) {
        document = withPolicy(document, restriction(n), by('jane'));
        expect(bytes(document)).toBeLessThan(305_000);
        expect(document.history.at(-1)?.version).toBe(document.revision);
      }
    };
    expect(put).toThrow(expect.objectContaining({ code: 'too-many-policies' }));
    expect(document.policies.length).toBeGreaterThan(200);
    expect(withoutPolicy(document, 'branch-restriction/staging/app-1', by('jane')).policies.length).toBe(
      document.policies.length - 1,
    );
  });

  it('remembers a hundred changes of small ones', () => {
    let document = NO_POLICIES;
    for (let n = 0; n < 150; n += 1) document = withPolicy(document, rule(`b${n}`), by('jane'));
    expect(document.history.map(({ version }) => version)).toEqual(
      Array.from({ length: 100 }, (_, n) => 51 + n),
    );
  });
});
