import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS, type Action } from '../../../shared/access/actions.ts';
import { EVERYTHING } from '../../../shared/access/authenticate.ts';
import { authorize, may } from '../../../shared/access/authorize.ts';
import { type Grant, NOBODY, type Principal } from '../../../shared/access/principal.ts';
import { decodePrincipal, encodePrincipal } from '../../../shared/access/principal-context.ts';
import { ALL, type Resource } from '../../../shared/access/resource.ts';
import { ROLES } from '../../../shared/access/roles.ts';

const caller = (...grants: Grant[]): Principal => ({ kind: 'token', id: 't1', name: 'jane', grants });
const grant = (fields: Partial<Grant> = {}): Grant => ({
  actions: ['engineer'],
  apps: ['*'],
  environments: ['*'],
  repositories: ['*'],
  ...fields,
});
const staging = { name: 'staging', protected: false };
const production = { name: 'production', protected: true };

describe('a caller', () => {
  it('without a credential is asked for one', () => {
    expect(() => authorize(NOBODY, 'artifact:read')).toThrow(
      expect.objectContaining({ kind: 'unauthenticated', code: 'unauthenticated' }),
    );
  });

  it('is told what it lacks', () => {
    expect(() => authorize(caller(grant()), 'release:request', { app: 'shop', env: production })).toThrow(
      expect.objectContaining({
        kind: 'forbidden',
        message:
          "'jane' may not release:request for the app 'shop' in 'production', which is protected and must be granted by name: ask an admin for a grant of it.",
      }),
    );
  });

  it('may ask who it is without a grant', () => {
    expect(may(caller(), 'user:read')).toBe(true);
    expect(may(NOBODY, 'user:read')).toBe(false);
  });

  it.each<[string, Partial<Grant>, Resource, boolean]>([
    ['an app by name', { apps: ['shop'] }, { app: 'shop' }, true],
    ['an app by a glob', { apps: ['shop-*'] }, { app: 'shop-api' }, true],
    ['no other app', { apps: ['shop'] }, { app: 'shop-api' }, false],
    ['all apps only by *', { apps: ['s*', '?'] }, { app: ALL }, false],
    ['all apps by *', { apps: ['*'] }, { app: ALL }, true],
    ['a protected environment by name', { environments: ['production'] }, { env: production }, true],
    ['no protected environment by *', { environments: ['*'] }, { env: production }, false],
    ['no protected environment by a glob', { environments: ['prod*'] }, { env: production }, false],
    ['a protected environment by **', { environments: ['**'] }, { env: production }, true],
    ['an environment by *', { environments: ['*'] }, { env: staging }, true],
    ['not all environments by *', { environments: ['*', 'production'] }, { env: ALL }, false],
    ['all environments by **', { environments: ['**'] }, { env: ALL }, true],
    ['a repository', { repositories: ['acme/*'] }, { repository: 'acme/shop' }, true],
    ['no other repository', { repositories: ['acme/*'] }, { repository: 'evil/shop' }, false],
    ['an artifact', { artifacts: ['a1'] }, { app: 'shop', artifact: 'a1' }, true],
    ['no other artifact', { artifacts: ['a1'] }, { app: 'shop', artifact: 'a2' }, false],
    ['nothing else, for an artifact', { artifacts: ['a1'] }, { app: 'shop' }, false],
  ])('is granted %s', (_, fields, resource, granted) => {
    expect(may(caller(grant(fields)), 'release:read', resource)).toBe(granted);
  });

  it('needs one grant that covers all of it', () => {
    const principal = caller(
      grant({ apps: ['a'], environments: ['staging'] }),
      grant({ apps: ['b'], environments: ['production'] }),
    );
    expect(may(principal, 'release:request', { app: 'a', env: staging })).toBe(true);
    expect(may(principal, 'release:request', { app: 'a', env: production })).toBe(false);
  });

  it('that is an admin may do everything', () => {
    for (const action of ACTIONS) expect(may(caller(EVERYTHING), action, { app: ALL, env: ALL })).toBe(true);
  });

  it('that is a CI job changes no environment by itself', () => {
    const ci = caller(grant({ actions: ['ci'], environments: ['**'] }));
    const granted = ACTIONS.filter((action) => may(ci, action, { app: 'a', env: staging }));
    expect(granted).toEqual(['user:read', 'artifact:push', 'artifact:read', 'release:read']);
  });
});

const name = fc.constantFrom('a', 'b', 'shop', 'shop-api', 'staging', 'production');
const pattern = fc.constantFrom(
  '*',
  '**',
  'a',
  'b',
  'shop',
  'shop-*',
  's*',
  '?',
  'production',
  '{a,b}',
  '!a',
);
const anyGrant: fc.Arbitrary<Grant> = fc.record(
  {
    actions: fc.array(fc.constantFrom(...ACTIONS, ...ROLES), { maxLength: 3 }),
    apps: fc.array(pattern, { maxLength: 3 }),
    environments: fc.array(pattern, { maxLength: 3 }),
    repositories: fc.array(pattern, { maxLength: 3 }),
    artifacts: fc.array(name, { maxLength: 2 }),
  },
  { requiredKeys: ['actions', 'apps', 'environments', 'repositories'] },
);
const anyResource: fc.Arbitrary<Resource> = fc.record(
  {
    app: fc.oneof(name, fc.constant(ALL)),
    env: fc.oneof(fc.record({ name, protected: fc.boolean() }), fc.constant(ALL)),
    repository: name,
    artifact: name,
  },
  { requiredKeys: [] },
);
const anyAction: fc.Arbitrary<Action> = fc.constantFrom(...ACTIONS);

describe('for whatever grants and resources', () => {
  it('no pattern but the name or ** covers a protected environment', () => {
    fc.assert(
      fc.property(fc.array(anyGrant), anyAction, name, (grants, action, env) => {
        const fits = ({ environments }: Grant) => environments.includes('**') || environments.includes(env);
        const resource = { env: { name: env, protected: true } };
        if (action === 'user:read' || !may(caller(...grants), action, resource)) return;
        expect(grants.some(fits)).toBe(true);
      }),
    );
  });

  it('another grant never takes anything away, and a narrower resource is never lost', () => {
    fc.assert(
      fc.property(fc.array(anyGrant), anyGrant, anyAction, anyResource, (grants, more, action, resource) => {
        if (!may(caller(...grants), action, resource)) return;
        expect(may(caller(...grants, more), action, resource)).toBe(true);
        expect(may(caller(...grants), action)).toBe(true);
        if (resource.app === ALL) {
          expect(may(caller(...grants), action, { ...resource, app: 'whatever' })).toBe(true);
        }
        if (resource.env === ALL) {
          const env = { name: 'new', protected: true };
          expect(may(caller(...grants), action, { ...resource, env })).toBe(true);
        }
      }),
    );
  });

  it('handlers are told of exactly the principal that was found', () => {
    fc.assert(
      fc.property(fc.array(anyGrant), (grants) => {
        expect(decodePrincipal(encodePrincipal(caller(...grants)))).toEqual(caller(...grants));
      }),
    );
  });
});

describe('a principal in the gateway’s context', () => {
  it.each([
    undefined,
    '',
    'admin',
    '{}',
    '{"kind":"none"}',
    '{"kind":"token","id":"x","name":"x","grants":[{}]}',
  ])('is nobody when it is %j', (context) => {
    expect(decodePrincipal(context)).toEqual(NOBODY);
  });

  it('has no action that there is none of', () => {
    const grants = [{ ...EVERYTHING, actions: ['everything'] }];
    expect(decodePrincipal(JSON.stringify({ kind: 'token', id: 'x', name: 'x', grants }))).toEqual(NOBODY);
  });
});
