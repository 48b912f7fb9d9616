import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApiToken, DAY_MS, tokenState } from '../../../shared/access/api-token.ts';
import { EVERYTHING } from '../../../shared/access/authenticate.ts';
import {
  createToken,
  type IssuedToken,
  revokeToken,
  rotateToken,
  type Tokens,
} from '../../../shared/access/manage-tokens.ts';
import { requestBudget } from '../../../shared/access/request-budget.ts';
import { tokenAuthenticator } from '../../../shared/access/token-authenticator.ts';
import { formatToken, newTokenParts, parseToken } from '../../../shared/access/token-text.ts';

const bytes = (count: number) => fc.uint8Array({ minLength: count, maxLength: count });
const parts = fc
  .tuple(bytes(8), bytes(32))
  .map(([id, secret]) => newTokenParts((n) => (n === 8 ? id : secret)));

describe('the text of a token', () => {
  it('is found by scanners, and taken apart again', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const text = formatToken(made);
        expect(text).toMatch(/^gmt_[a-z0-9]{12}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
        expect(parseToken(text)).toEqual(made);
      }),
    );
  });

  it('is known to be wrong without a look at the table when a character is another', () => {
    const letters = fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_');
    fc.assert(
      fc.property(parts, fc.nat(), letters, (made, at, letter) => {
        const text = formatToken(made);
        const place = at % text.length;
        fc.pre(text[place] !== letter);
        expect(parseToken(text.slice(0, place) + letter + text.slice(place + 1))).toBeUndefined();
      }),
    );
  });

  it.each(['', 'gmt_', 'gmt_x_y_z', `gmt_${'a'.repeat(43)}`])('is not %j', (text) => {
    expect(parseToken(text)).toBeUndefined();
  });
});

/** Tokens in memory, and how often they were asked for. */
function memory() {
  const stored = new Map<string, ApiToken>();
  const state = { asked: 0, down: false, now: 1_800_000_000_000 };
  const tokens: Tokens = {
    create: async (token) => !stored.has(token.id) && Boolean(stored.set(token.id, token)),
    get: async (id) => {
      state.asked += 1;
      if (state.down) throw new Error('the table does not answer');
      return stored.get(id);
    },
    replace: async (seen, next) =>
      stored.get(next.id)?.revision === seen.revision && Boolean(stored.set(next.id, next)),
    list: async () => [...stored.values()],
  };
  const authenticate = tokenAuthenticator({ find: tokens.get, clock: () => state.now });
  return {
    state,
    tokens,
    ports: { tokens, random: randomBytes },
    context: () => ({ changedBy: 'root', now: state.now }),
    whoIs: async (text: string) => (await authenticate(text)) ?? 'not a token',
  };
}

const make = (world: ReturnType<typeof memory>, ageMs = DAY_MS): Promise<IssuedToken> =>
  createToken(world.ports, { name: 'jane', grants: [EVERYTHING], ageMs }, world.context());

const jane = ({ token }: IssuedToken) => ({
  kind: 'token',
  id: token.id,
  name: 'jane',
  grants: [EVERYTHING],
});
const NOBODY = { kind: 'none' };

describe('a token', () => {
  it('is kept as a hash only', async () => {
    const { token, text } = await make(memory());
    const secret = parseToken(text)?.secret ?? '';
    expect(JSON.stringify(token)).not.toContain(secret);
    expect(token.secrets).toEqual([
      { hash: expect.stringMatching(/^[0-9a-f]{64}$/), expiresAt: expect.any(Number) },
    ]);
  });

  it('stands for its holder until it ends', async () => {
    const world = memory();
    const issued = await make(world);
    expect(await world.whoIs(issued.text)).toEqual(jane(issued));
    world.state.now += DAY_MS;
    expect(await world.whoIs(issued.text)).toEqual(NOBODY);
    expect(tokenState(issued.token, world.state.now)).toBe('expired');
  });

  it('of which only the secret is wrong stands for nobody', async () => {
    const world = memory();
    const { token } = await make(world);
    const { secret } = newTokenParts(randomBytes);
    expect(await world.whoIs(formatToken({ id: token.id, secret }))).toEqual(NOBODY);
  });

  it('that there is none of stands for nobody; another kind of credential is left to others', async () => {
    const world = memory();
    expect(await world.whoIs(formatToken(newTokenParts(randomBytes)))).toEqual(NOBODY);
    expect(await world.whoIs('eyJhbGciOiJSUzI1NiJ9.e30.c2ln')).toBe('not a token');
  });

  it('is asked for once in a while, and is let in for less than a minute once it is revoked', async () => {
    const world = memory();
    const issued = await make(world);
    await world.whoIs(issued.text);
    await world.whoIs(issued.text);
    expect(world.state.asked).toBe(1);
    await revokeToken(world.ports, issued.token.id, world.context());
    world.state.now += 25_000;
    expect(await world.whoIs(issued.text)).toEqual(NOBODY);
  });

  it('is still known for a moment while the table does not answer, and less than a minute in all', async () => {
    const world = memory();
    const issued = await make(world);
    await world.whoIs(issued.text);
    world.state.down = true;
    world.state.now += 49_000;
    expect(await world.whoIs(issued.text)).toEqual(jane(issued));
    world.state.now += 1_000;
    await expect(world.whoIs(issued.text)).rejects.toThrow('does not answer');
  });

  it('is another after a rotation; the one before goes on for a while, and the one before that does not', async () => {
    const world = memory();
    const first = await make(world);
    const rotate = () =>
      rotateToken(world.ports, first.token.id, { overlapMs: 60_000, ageMs: DAY_MS }, world.context());
    const second = await rotate();
    expect(second.token.id).toBe(first.token.id);
    expect(await world.whoIs(second.text)).toEqual(jane(first));
    expect(await world.whoIs(first.text)).toEqual(jane(first));
    const third = await rotate();
    world.state.now += 30_000;
    expect(await world.whoIs(first.text)).toEqual(NOBODY);
    expect(await world.whoIs(second.text)).toEqual(jane(first));
    world.state.now += 30_000;
    expect(await world.whoIs(second.text)).toEqual(NOBODY);
    expect(await world.whoIs(third.text)).toEqual(jane(first));
  });

  it('that has ended is not brought back by a rotation', async () => {
    const world = memory();
    const { token } = await make(world);
    await revokeToken(world.ports, token.id, world.context());
    const rotated = rotateToken(world.ports, token.id, { overlapMs: 0 }, world.context());
    await expect(rotated).rejects.toThrow(expect.objectContaining({ code: 'token-ended' }));
  });
});

describe('the budget of requests', () => {
  it('is never more than it is, however many count, and all of it is there for one alone', async () => {
    const counters = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 100 }),
        counters,
        fc.array(fc.nat(4), { minLength: 1, maxLength: 300 }),
        async (perMinute, instances, calls) => {
          const taken = new Map<string, number>();
          const ledger = {
            take: async (id: string, minute: number, permits: number) => {
              const key = `${id}#${minute}`;
              taken.set(key, (taken.get(key) ?? 0) + permits);
              return taken.get(key) ?? 0;
            },
          };
          const onFailure = () => undefined;
          const budgets = Array.from({ length: instances }, () =>
            requestBudget({ perMinute, ledger, clock: () => 90_000, onFailure }),
          );
          const answers = [];
          for (const call of calls) answers.push(await budgets[call % instances]?.('t1'));
          const admitted = answers.filter((wait) => wait === undefined).length;
          expect(admitted).toBeLessThanOrEqual(perMinute);
          if (instances === 1) expect(admitted).toBe(Math.min(perMinute, calls.length));
          for (const wait of answers) expect([undefined, 30]).toContain(wait);
        },
      ),
    );
  });

  it('is there again in the next minute, and is a caller’s own', async () => {
    let now = 0;
    const totals = new Map<string, number>();
    const take = async (id: string, minute: number, permits: number) => {
      const key = `${id}#${minute}`;
      totals.set(key, (totals.get(key) ?? 0) + permits);
      return totals.get(key) ?? 0;
    };
    const budget = requestBudget({
      perMinute: 1,
      ledger: { take },
      clock: () => now,
      onFailure: () => undefined,
    });
    expect(await budget('a')).toBeUndefined();
    expect(await budget('a')).toBe(60);
    expect(await budget('b')).toBeUndefined();
    now = 60_000;
    expect(await budget('a')).toBeUndefined();
  });

  it('lets everybody in while nobody can tell', async () => {
    const failures: unknown[] = [];
    const take = () => Promise.reject(new Error('the table does not answer'));
    const budget = requestBudget({
      ...{ perMinute: 1, ledger: { take }, clock: () => 0 },
      onFailure: (error) => failures.push(error),
    });
    expect([await budget('a'), await budget('a')]).toEqual([undefined, undefined]);
    expect(failures).toHaveLength(2);
  });
});
