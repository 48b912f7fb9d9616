import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Approval,
  type ApprovalRule,
  hasApproved,
  isApproved,
  lapse,
  lateness,
  neededApproval,
  type Person,
  withApproval,
} from '../../../shared/release/approval.ts';
import { partiality } from '../../../shared/release/may-approve.ts';
import { canMove, isTerminal, type ReleaseState } from '../../../shared/release/release-state.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const HOUR = 3_600_000;
const RUNS = { numRuns: 200 };

const rules: fc.Arbitrary<ApprovalRule> = fc.record({
  required: fc.integer({ min: 1, max: 10 }),
  withinHours: fc.integer({ min: 1, max: 720 }),
});
/** Few, so that the same ones come again: some under another token of the same name. */
const people: fc.Arbitrary<Person> = fc
  .tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom('', '-2'))
  .map(([n, more]) => ({ id: `token-${n}${more}`, name: `Person ${n}` }));
/** A name as somebody else may have typed it. */
const spelt = (name: string) =>
  fc
    .tuple(fc.boolean(), fc.constantFrom('', ' ', '\t'), fc.constantFrom(' ', '  '))
    .map(([upper, around, between]) => {
      const text = name.replaceAll(' ', between);
      return `${around}${upper ? text.toUpperCase() : text}${around}`;
    });

const after = (approval: Approval, given: readonly Person[]): Approval =>
  given.reduce((so, person) => withApproval(so, { ...person, at: NOW }), approval);

describe('an approval', () => {
  it('is complete when as many people have agreed as must, each counted once', () => {
    fc.assert(
      fc.property(rules, fc.array(people, { maxLength: 30 }), (rule, given) => {
        const approval = after(neededApproval(rule, NOW), given);
        const names = new Set(given.map(({ name }) => name));
        expect(approval.given.map(({ name }) => name)).toEqual([...names]);
        expect(isApproved(approval)).toBe(names.size >= rule.required);
        for (const person of given) expect(hasApproved(approval, person)).toBe(true);
      }),
      RUNS,
    );
  });

  it('holds under the rule that asked for it, and under no other', () => {
    fc.assert(
      fc.property(rules, rules, (rule, other) => {
        const approval = neededApproval(rule, NOW);
        expect(lapse(approval, { ...rule })).toBeUndefined();
        expect(lapse(approval, undefined)).toBeDefined();
        const same = rule.required === other.required && rule.withinHours === other.withinHours;
        expect(lapse(approval, other) === undefined).toBe(same);
      }),
      RUNS,
    );
  });

  it('is of one content of the artifact', () => {
    const rule = { required: 1, withinHours: 24 };
    const approval = neededApproval(rule, NOW);
    expect(lapse(approval, rule, { approved: 'a', stored: 'a' })).toBeUndefined();
    expect(lapse(approval, rule, { approved: 'a', stored: 'b' })).toMatch(/artifact is not the one/);
    expect(lapse(approval, rule, { approved: undefined, stored: 'b' })).toBeUndefined();
  });

  it('may come until its time is over, to the millisecond', () => {
    fc.assert(
      fc.property(rules, fc.integer({ min: -HOUR, max: HOUR }), (rule, offset) => {
        const approval = neededApproval(rule, NOW);
        const end = NOW + rule.withinHours * HOUR;
        expect(approval.expiresAt).toBe(end);
        expect(lateness(approval, end + offset) === undefined).toBe(offset < 0);
      }),
      RUNS,
    );
  });
});

describe('whoever stands behind a release', () => {
  const version = { authorName: 'Jane Doe', authorEmail: 'jane@acme.com', message: 'fix' };
  const askedBy = [
    { id: 'token-0', name: 'shop-ci' },
    { id: 'token-1', name: 'Joe' },
  ];
  const who = (name: string, id = 'token-9'): Person => ({ id, name });

  it('can’t approve it, however the name is spelt', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('jane doe', 'jane@acme.com', 'jane').chain(spelt),
        spelt('joe'),
        (author, asker) => {
          expect(partiality({ version, askedBy }, who(author))).toBe('wrote its commit');
          expect(partiality({ version, askedBy }, who(asker))).toBe('asked for it');
        },
      ),
      RUNS,
    );
  });

  it.each([
    ['by the token, whatever its name is now', who('somebody', 'token-1'), 'asked for it'],
    ['nobody else', who('Janet'), undefined],
    ['nobody by another domain', who('jane@example.com'), undefined],
  ])('is known: %s', (_what, person, expected) => {
    expect(partiality({ version, askedBy }, person)).toBe(expected);
  });

  it.each([
    ['Bob', 'wrote its commit'],
    ['bob@acme.com', 'wrote its commit'],
    ['eve', 'wrote its commit'],
    ['mallory', undefined],
  ])('are also those who wrote it together: %s', (name, expected) => {
    const message =
      'fix\n\nwith mallory <m@acme.com>\n\nCo-authored-by: Bob <bob@acme.com>\nco-authored-by: E <12+eve@users.noreply.github.com>';
    expect(partiality({ version: { ...version, message } }, who(name))).toBe(expected);
  });

  it('are nobody where nothing is known', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(partiality({ version: {} }, who(name))).toBeUndefined();
      }),
      RUNS,
    );
  });
});

describe('a release that waits', () => {
  it('begins, or ends without being written: nothing leads past the approvals', () => {
    const next = (['queued', 'ready', 'rendering', 'writing', 'released', 'unchanged'] as const).filter(
      (state) => canMove('waiting', state),
    );
    expect(next).toEqual(['queued', 'ready']);
  });

  it.each<ReleaseState>(['rejected', 'expired'])('stays %s', (state) => {
    expect(isTerminal(state)).toBe(true);
    expect(canMove('waiting', state)).toBe(true);
  });
});
