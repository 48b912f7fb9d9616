import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../shared/access/actions.ts';
import type { Grant, Principal } from '../../shared/access/principal.ts';
import type { RoleOrder } from '../../shared/access/role-grants.ts';
import { ROLES, type Role } from '../../shared/access/roles.ts';
import { type Operation, ROUTES } from '../../shared/contract/routes.ts';
import { OPERATIONS, RULES } from '../support/access/access-rules.ts';
import { apiOfTwoAppsForTests } from '../support/access/api-of-two-apps.ts';
import { APPS, ENVIRONMENTS, type Target } from '../support/access/attempts.ts';
import { by, ofShop } from '../support/access/callers.ts';

const { attempts, call, everything, started } = apiOfTwoAppsForTests();

interface Scope {
  readonly name: string;
  readonly where: Omit<RoleOrder, 'role'>;
  readonly targets: readonly Target[];
}

const EVERY_TARGET = APPS.flatMap((app) => ENVIRONMENTS.map((env) => ({ app, env })));
const SCOPES: readonly Scope[] = [
  { name: 'of one app', where: ofShop, targets: EVERY_TARGET },
  {
    name: 'of one app, with both environments named',
    where: { ...ofShop, environments: ['staging', 'production'] },
    targets: EVERY_TARGET,
  },
  { name: 'of every app', where: {}, targets: EVERY_TARGET.filter(({ app }) => app === 'shop') },
];

/** 401, 403, 404 where it is refused or hidden; undefined where it is done, as far as there is something to do. */
function refusal(
  role: Role,
  { where }: Scope,
  operation: Operation,
  { app, env }: Target,
): number | undefined {
  const { roles, about } = RULES[operation];
  if (roles === 'open' || roles === 'known' || role === 'admin') return undefined;
  if (!roles.includes(role)) return 403;
  const isEverywhere = where.apps === undefined;
  const ofTheirs = isEverywhere || app === 'shop';
  const covers = env === 'staging' || where.environments !== undefined || role === 'operator';
  switch (about) {
    case 'all':
      return isEverywhere ? undefined : 403;
    case 'repository':
      return isEverywhere || (role === 'hooks' && app === 'shop') ? undefined : 403;
    case 'app':
      return ofTheirs ? undefined : 403;
    case 'hidden':
      return ofTheirs ? undefined : 404;
    case 'nothing':
      return 404;
    case 'target':
      return ofTheirs && covers ? undefined : 403;
    default:
      return undefined;
  }
}

describe('every route', () => {
  it('is answered by a function, and says whom it hears', () => {
    expect([...started().api.routes].sort()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    for (const { action } of ROUTES) expect(['open', ...ACTIONS]).toContain(action);
  });

  it('asks for a token, and does nothing without one', async () => {
    const before = await everything();
    for (const operation of OPERATIONS) {
      const attempt = attempts({ app: 'shop', env: 'staging' })[operation];
      const { status } = await call({ kind: 'none' }, attempt);
      expect([operation, status]).toEqual([operation, RULES[operation].roles === 'open' ? 200 : 401]);
    }
    expect(await everything()).toEqual(before);
  });
});

/** What there may be nothing of to do it to: then that is what whoever may do it is told. */
const MAY_MISS: readonly Operation[] = [
  'requestRollback',
  'reconcile',
  'showUser',
  'deleteUser',
  'getPolicy',
  'deletePolicy',
  'getHold',
  'deleteHold',
  'rotateToken',
  'revokeToken',
  'getTrust',
  'deleteTrust',
];

describe.each(SCOPES)('whoever has a role $name', (scope) => {
  // An admin has no scope.
  it.each(ROLES.filter((role) => role !== 'admin' || scope.where.apps === undefined))(
    '%s does what it is for, where it is for; all else is refused and leaves no trace',
    async (role) => {
      const cells = OPERATIONS.flatMap((operation) =>
        scope.targets.map((target) => ({
          ...{ operation, target, attempt: attempts(target)[operation] },
          expected: refusal(role, scope, operation, target),
        })),
      );
      const caller = by({ role, ...scope.where });
      const tried = async (cell: (typeof cells)[number]) => {
        const { status } = await call(caller, cell.attempt);
        return { operation: cell.operation, ...cell.target, status };
      };
      const before = await everything();
      const refused = cells.filter(({ expected }) => expected !== undefined);
      for (const cell of refused) {
        const { operation, target, expected } = cell;
        expect(await tried(cell)).toEqual({ operation, ...target, status: expected });
      }
      expect(await everything()).toEqual(before);
      for (const cell of cells.filter(({ expected }) => expected === undefined)) {
        const { status } = await tried(cell);
        const missed = status === 404 && MAY_MISS.includes(cell.operation);
        expect({ ...cell, done: missed || status < 300 || status }).toEqual({ ...cell, done: true });
      }
    },
  );
});

const patterns = fc.subarray(['*', 'shop', 's*', 'blog', 'team:sales'], { minLength: 0, maxLength: 2 });
const anyGrant: fc.Arbitrary<Grant> = fc.record({
  actions: fc.subarray([...ACTIONS, ...ROLES.filter((role) => role !== 'admin')], { maxLength: 4 }),
  apps: patterns,
  environments: fc.subarray(['*', '**', 'staging', 'production', 'prod*'], { maxLength: 2 }),
  repositories: fc.subarray(['*', 'acme/*', 'acme/shop'], { maxLength: 1 }),
});

describe('whatever is granted', () => {
  it('what is answered 401, 403 or 404 was neither stored nor sent', async () => {
    let before = await everything();
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyGrant, { maxLength: 3 }),
        fc.constantFrom(...OPERATIONS),
        fc.constantFrom(...EVERY_TARGET),
        async (grants, operation, target) => {
          const principal: Principal = { kind: 'token', id: 'any', name: 'any', grants };
          const { status } = await call(principal, attempts(target)[operation]);
          const [seen, after] = [before, await everything()];
          before = after;
          if ([401, 403, 404].includes(status)) expect(after).toEqual(seen);
          const changes = RULES[operation].about === 'target' || RULES[operation].about === 'app';
          const named = grants.some(
            ({ apps }) =>
              apps.includes('*') ||
              apps.includes(target.app) ||
              (target.app === 'shop' && apps.includes('s*')),
          );
          if (changes && !named) expect(after).toEqual(seen);
        },
      ),
      { numRuns: 60 },
    );
  });
});
