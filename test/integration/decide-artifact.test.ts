import { describe, expect, it } from 'vitest';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { deletePolicy, putPolicy } from '../../shared/release/change-policy.ts';
import { decideArtifact } from '../../shared/release/decide-artifact.ts';
import { operatorControls } from '../../shared/release/operator-controls.ts';
import type { Releases } from '../../shared/release/ports.ts';
import type { Embedded } from '../support/embedded.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import {
  accept,
  artifactDocument,
  holdBy,
  manifest,
  markOf,
  receive,
  type Stores,
} from '../support/stores.ts';

let embedded: Embedded;
let stores: Stores;
let run: number;
let app: string;
let repositoryName: string;

storesForTests((given) => {
  ({ embedded, stores, run } = given);
  app = `shop-${run}`;
  repositoryName = `acme/shop-${run}`;
});

function documentOf(
  n: number,
  environments = [manifest(app, 'staging')],
  version: Record<string, unknown> = {},
) {
  return artifactDocument({
    id: `${app}-${n}`,
    version: { repositoryName, sha: 'abc', branch: 'main', event: 'push', ...version },
    environments,
  });
}

const decide = (artifactId: string, ports: Partial<Stores> = {}) =>
  decideArtifact({ ...stores, ...ports }, { artifactId }, Date.now());

describe('deciding an arrived artifact', () => {
  it('makes a queued release of what its policy asks for, and says why', async () => {
    const { id } = await accept(stores, documentOf(1));
    const [decision] = (await decide(id)) ?? [];
    expect(decision).toMatchObject({ outcome: 'released', policy: 'manifest', app, env: 'staging' });
    expect(decision?.sentence).toBe('released: event push matches push, branch main matches main');
    const release = await stores.releases.get(decision?.release?.id ?? '');
    expect(release).toMatchObject({ state: 'queued', order: 1, automatic: true, triggeredBy: 'policy' });
    expect(await receive(embedded, 'render-requests')).toContainEqual({
      type: 'render',
      releaseId: release?.id,
    });
  });

  it('keeps every condition of what it does not release', async () => {
    const { id } = await accept(stores, documentOf(1, undefined, { branch: 'dev' }));
    const [decision] = (await decide(id)) ?? [];
    expect(decision).toMatchObject({
      outcome: 'notMatched',
      sentence: 'not released: branch dev is not main',
    });
    expect(decision?.conditions).toHaveLength(2);
    expect(decision?.release).toBeUndefined();
  });

  it('names what an incomplete manifest lacks', async () => {
    const { id } = await accept(stores, documentOf(1, [{ name: 'staging' }]));
    const [decision] = (await decide(id)) ?? [];
    expect(decision?.outcome).toBe('invalid');
    expect(decision?.sentence).toContain('no app');
    expect(decision?.sentence).toContain('no namespace');
  });

  it('names the variable that is missing, but only of manifests whose policy fires', async () => {
    const asks = { manifests: 'kind: {{ .NOWHERE }}' };
    const { id } = await accept(
      stores,
      documentOf(1, [
        manifest(app, 'staging', asks),
        manifest(app, 'production', { ...asks, deploy: { event: 'tag' } }),
      ]),
    );
    const decisions = (await decide(id)) ?? [];
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['invalid', 'notMatched']);
    expect(decisions[0]?.sentence).toContain('NOWHERE');
  });

  it('refuses to choose between two manifests of one target', async () => {
    const { id } = await accept(stores, documentOf(1, [manifest(app, 'staging'), manifest(app, 'staging')]));
    const decisions = (await decide(id)) ?? [];
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['invalid', 'invalid']);
  });

  it('evaluates nothing again on a redelivery', async () => {
    const { id } = await accept(stores, documentOf(1));
    const first = await decide(id);
    await stores.controls.setGlobal({ stopTheLine: 'incident' });
    expect(await decide(id)).toEqual(first);
    await stores.controls.setGlobal({});
  });

  it.each(['the decision was put', 'the release was made'] as const)(
    'creates exactly what is missing when its first attempt died before %s',
    async (moment) => {
      const { id } = await accept(stores, documentOf(1));
      const die = () => Promise.reject(new Error('died'));
      const ports: Partial<Stores> =
        moment === 'the decision was put'
          ? { decisions: overriding(stores.decisions, { putOnce: die }) }
          : { releases: overriding(stores.releases, { create: die }) };
      await expect(decide(id, ports)).rejects.toThrow('died');
      expect(await markOf(stores, keys.artifact(id))).toBeDefined();
      const decisions = await decide(id);
      const release = await stores.releases.get(decisions?.[0]?.release?.id ?? '');
      expect(release?.order).toBe(1);
      expect((await stores.targets.get({ app, env: 'staging' })).lastOrder).toBe(1);
    },
  );

  it('supersedes an artifact that is decided after a newer one', async () => {
    const older = await accept(stores, documentOf(1));
    const newer = await accept(stores, documentOf(2));
    expect((await decide(newer.id))?.[0]?.outcome).toBe('released');
    const [decision] = (await decide(older.id)) ?? [];
    expect(decision?.outcome).toBe('superseded');
    expect(decision?.conditions.at(-1)).toMatchObject({ name: 'order', holds: false });
  });

  it('holds, freezes, restricts and stops as operators said', async () => {
    const env = `gated-${run}`;
    const decideIn = async (n: number) => {
      const { id } = await accept(stores, documentOf(n, [manifest(app, env)]));
      return (await decide(id))?.[0];
    };
    await stores.targets.hold({ app, env }, holdBy('jane', 'looking into it'));
    expect(await decideIn(1)).toMatchObject({
      outcome: 'held',
      sentence: 'automation is held by jane: looking into it',
    });
    await stores.controls.setGlobal({ stopTheLine: 'incident 7' });
    expect(await decideIn(2)).toMatchObject({ outcome: 'stopped' });
    await stores.controls.setGlobal({});
    const now = Date.now();
    const freezes = [{ from: now - 1_000, until: now + 60_000, reason: 'sale' }];
    await stores.controls.setEnvironment(env, { restrictions: [], freezes });
    expect(await decideIn(3)).toMatchObject({ outcome: 'frozen' });
    await stores.controls.setEnvironment(env, {
      restrictions: [{ branchPattern: 'release/.*' }],
      freezes: [],
    });
    const restricted = await decideIn(4);
    expect(restricted).toMatchObject({ outcome: 'restricted' });
    expect(restricted?.conditions.map(({ name }) => name)).toEqual([
      'event',
      'branch',
      'restriction',
      'hold',
    ]);
  });

  describe('of many environments', () => {
    const MANY = 200;
    const envs = Array.from({ length: MANY }, (_, n) => `env-${n}`);
    const acceptMany = () =>
      accept(
        stores,
        documentOf(
          1,
          envs.map((env) => manifest(app, env)),
        ),
      );
    const sheetsOf = (id: string) => stores.table.list(keys.artifact(id).pk, 'DECISION#');

    /** Each environment has one decision and one release, the first of its target. */
    async function expectComplete(id: string) {
      const decisions = await stores.decisions.listFor(id);
      expect(decisions.map(({ env }) => env)).toEqual(envs);
      const releases = await stores.releases.getMany(decisions.map(({ release }) => release?.id ?? ''));
      expect(releases.map(({ env }) => env).toSorted()).toEqual(envs.toSorted());
      expect(releases.every(({ order }) => order === 1)).toBe(true);
      return decisions;
    }

    it('keeps many decisions in few items', async () => {
      const { id } = await acceptMany();
      expect(await decide(id)).toEqual(await expectComplete(id));
      expect((await sheetsOf(id)).length).toBeLessThan(5);
    });

    it('goes on after what was put before it died', async () => {
      const { id } = await acceptMany();
      const putOnce: Stores['decisions']['putOnce'] = async (decisions, firstIndex) => {
        await stores.decisions.putOnce(decisions.slice(0, 7), firstIndex);
        throw new Error('died');
      };
      const dying = { decisions: overriding(stores.decisions, { putOnce }) };
      await expect(decide(id, dying)).rejects.toThrow('died');
      const before = await stores.decisions.listFor(id);
      expect(before).toHaveLength(7);
      await decide(id);
      expect((await expectComplete(id)).slice(0, 7)).toEqual(before);
      expect((await sheetsOf(id)).length).toBeGreaterThan(1);
    });

    it('is decided once by two at the same time, one of whom writes in other pieces', async () => {
      const { id } = await acceptMany();
      const inPieces: Stores['decisions']['putOnce'] = async (decisions, firstIndex) => {
        const stored = [];
        while (stored.length < decisions.length) {
          const piece = decisions.slice(stored.length, stored.length + 9);
          stored.push(...(await stores.decisions.putOnce(piece, firstIndex + stored.length)));
        }
        return stored;
      };
      const other = { decisions: overriding(stores.decisions, { putOnce: inPieces }) };
      const [ours, theirs] = await Promise.all([decide(id), decide(id, other)]);
      expect(ours).toEqual(theirs);
      expect(await expectComplete(id)).toEqual(ours);
    });
  });

  it('takes the mark of the artifact away only when all of it is there', async () => {
    const { id } = await accept(stores, documentOf(1));
    expect(await stores.artifacts.isDecided(id)).toBe(false);
    await decide(id);
    expect(await stores.artifacts.isDecided(id)).toBe(true);
    expect(await markOf(stores, keys.artifact(id))).toBeUndefined();
  });

  it('decides 200 environments of an artifact in one go, reading what is kept for them together', async () => {
    const environments = [...Array(200).keys()].map((n) => manifest(app, `env-${run}-${n}`));
    const { id } = await accept(stores, documentOf(1, environments));
    let reads = 0;
    const counting = overriding(stores.policies, {
      ofTargets: (targets: Parameters<typeof stores.policies.ofTargets>[0]) => {
        reads += 1;
        return stores.policies.ofTargets(targets);
      },
    });
    const decisions = await decide(id, { policies: counting });
    expect(decisions?.filter(({ outcome }) => outcome === 'released')).toHaveLength(200);
    expect(reads).toBe(1);
    expect(await stores.artifacts.isDecided(id)).toBe(true);
  }, 60_000);

  it('is released by a policy that the server keeps, and restricted by the operator’s settings', async () => {
    const env = `kept-${run}`;
    const policy = { kind: 'auto-release', app, env, deploy: { event: 'push', branch: 'main' } } as const;
    const ports = { ...stores, held: stores.targets };
    await putPolicy(ports, policy, { changedBy: 'jane', now: Date.now() });
    const settings = { branchRestrictions: [{ env, branchPattern: 'release/.*' }] };
    const arrive = async (n: number, over: Partial<Stores> = {}) => {
      const { id } = await accept(stores, documentOf(n, [manifest(app, env, { deploy: null })]));
      return (await decide(id, over))?.[0];
    };
    expect(await arrive(1)).toMatchObject({ outcome: 'released', policy: `auto-release/${env}/${app}` });
    const controls = Object.assign(
      Object.create(stores.controls) as Stores['controls'],
      operatorControls(stores.controls, settings),
    );
    expect(await arrive(2, { controls })).toMatchObject({ outcome: 'restricted' });
    const refused = putPolicy({ ...ports, settings }, policy, { changedBy: 'jane', now: Date.now() });
    await expect(refused).rejects.toMatchObject({ code: 'policy-conflict', kind: 'conflict' });
    const fixed = deletePolicy(ports, 'settings/branch-restriction/1', { changedBy: 'jane', now: 1 });
    await expect(fixed).rejects.toMatchObject({ code: 'operator-policy' });
  });

  it('has nothing to do for an artifact that does not exist', async () => {
    expect(await decide('no-such-artifact')).toBeUndefined();
  });
});

/** A store with some of its methods replaced. */
function overriding<T extends object>(
  store: T,
  methods: Partial<Record<keyof T & keyof Releases, unknown>> | object,
): T {
  return Object.assign(Object.create(store), methods) as T;
}
