import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../../shared/artifact/artifact.ts';
import { parseArtifact } from '../../../shared/artifact/parse-artifact.ts';
import { evaluateManifest, type TargetState } from '../../../shared/policy/evaluate-manifest.ts';
import { NO_CONTROLS } from '../../../shared/policy/gates.ts';
import { manifestTargets } from '../../../shared/policy/manifest-target.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import { artifactDocument, manifest } from '../../support/stores.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const NOTHING: TargetState = { policies: [], hold: undefined, controls: NO_CONTROLS };
const stored = (branch: string, env = 'staging'): Policy => ({
  kind: 'auto-release',
  app: 'shop',
  env,
  deploy: { event: 'push', branch },
});

function artifact(environments: readonly Record<string, unknown>[], overrides: object = {}): Artifact {
  const content = parseArtifact(artifactDocument({ environments, ...overrides }));
  return { ...content, created: NOW / 1000, digest: 'digest', order: 1 };
}

function evaluate(made: Artifact, state: Partial<TargetState> = {}, index = 0) {
  const target = manifestTargets(made)[index];
  if (!target) throw new Error('there is no such manifest');
  return evaluateManifest({ artifact: made, target, ...NOTHING, ...state, now: NOW });
}

describe('what policies and controls say of a manifest', () => {
  it('is that it is released once when its own policy and a stored one both ask for it', () => {
    const { outcome, policy, sentence } = evaluate(artifact([manifest('shop', 'staging')]), {
      policies: [stored('main')],
    });
    expect({ outcome, policy }).toEqual({
      outcome: 'released',
      policy: 'manifest, auto-release/staging/shop',
    });
    expect(sentence).toContain('branch main matches main; event push');
  });

  it('is that it waits where approvals are asked for, if nothing else stands in the way', () => {
    const mine = artifact([manifest('shop', 'staging')]);
    const { outcome, sentence, conditions } = evaluate(mine, { approvals: 2 });
    expect({ outcome, sentence }).toEqual({
      outcome: 'awaitingApproval',
      sentence: 'released after 2 approvals: event push matches push, branch main matches main',
    });
    expect(conditions.at(-1)).toEqual({
      ...{ name: 'approval', holds: false },
      ...{ wanted: '2 approvals', saw: 'none so far' },
    });
    const stopped = { ...NO_CONTROLS, stopTheLine: 'incident' };
    expect(evaluate(mine, { approvals: 2, controls: stopped }).outcome).toBe('stopped');
    const other = artifact([manifest('shop', 'staging', { deploy: null })]);
    expect(evaluate(other, { approvals: 2 }).outcome).toBe('notMatched');
  });

  it('takes no notice of policies of other targets', () => {
    const mine = artifact([manifest('shop', 'staging', { deploy: null })]);
    expect(evaluate(mine, { policies: [stored('main', 'production')] }).outcome).toBe('notMatched');
    expect(evaluate(mine, { policies: [stored('main')] }).outcome).toBe('released');
  });

  it('finds the stored policy of an app that is made of variables', () => {
    const made = artifact([manifest('{{ .NAME }}', 'staging', { deploy: null })], {
      context: { NAME: 'shop', SHA: 'a' },
    });
    expect(evaluate(made, { policies: [stored('main')] })).toMatchObject({
      app: 'shop',
      outcome: 'released',
    });
  });

  it('names two manifests that only variables make the same target', () => {
    const made = artifact([manifest('{{ .NAME }}', 'staging'), manifest('shop', 'staging')], {
      context: { NAME: 'shop', SHA: 'abc' },
    });
    for (const index of [0, 1]) {
      const { outcome, sentence } = evaluate(made, {}, index);
      expect(outcome).toBe('invalid');
      expect(sentence).toContain('several manifests with the same app and env');
    }
  });

  it('is invalid for a pattern that is none in an old artifact, and for nothing else of it', () => {
    const made = artifact([manifest('shop', 'staging'), manifest('shop', 'production')]);
    const [first, second] = made.environments;
    const old: Artifact = {
      ...made,
      environments: [{ ...first, deploy: { event: 'push', branch: '{main' } }, second ?? {}],
    };
    const broken = evaluate(old);
    expect(broken.outcome).toBe('invalid');
    expect(broken.sentence).toContain("'{main' has a '{' without its '}'");
    expect(broken.conditions.map(({ name, holds }) => [name, holds])).toEqual([
      ['event', true],
      ['branch', false],
    ]);
    expect(evaluate(old, {}, 1).outcome).toBe('released');
  });

  it('keeps what the gates say also of what nothing asked for', () => {
    const controls = {
      ...NO_CONTROLS,
      restrictions: [{ branchPattern: 'release/.*' }],
      stopTheLine: 'incident',
    };
    const { outcome, conditions } = evaluate(artifact([manifest('shop', 'staging')]), {
      hold: { id: 'h', owner: 'jane', reason: 'looking', since: NOW },
      controls,
    });
    expect(outcome).toBe('restricted');
    expect(conditions.map(({ name, holds }) => `${name} ${holds}`)).toEqual([
      'event true',
      'branch true',
      'restriction false',
      'stopTheLine false',
      'hold false',
    ]);
    const other = evaluate(artifact([manifest('shop', 'staging', { deploy: { event: 'tag' } })]), {
      controls,
    });
    expect(other.outcome).toBe('notMatched');
    expect(other.conditions.map(({ name }) => name)).toContain('restriction');
  });

  it('is "released" exactly when some policy fires and no gate is shut, and beats all else with a restriction', () => {
    const patterns = fc.constantFrom('main', 'dev', '*', '!main', 'feature/*', '{main,dev}');
    const states = fc.record({
      own: fc.option(patterns, { nil: undefined }),
      kept: fc.array(patterns, { maxLength: 3 }),
      branch: fc.constantFrom('main', 'dev', 'feature/x'),
      expressions: fc.array(fc.constantFrom('main', '.*', 'dev|main', 'feature/.*'), { maxLength: 2 }),
      stopped: fc.boolean(),
      frozen: fc.boolean(),
      held: fc.boolean(),
    });
    fc.assert(
      fc.property(states, ({ own, kept, branch, expressions, stopped, frozen, held }) => {
        const deploy = own === undefined ? null : { event: 'push', branch: own };
        const version = { repositoryName: 'acme/shop', sha: 'abc', branch, event: 'push' };
        const { outcome, conditions, policy } = evaluate(
          artifact([manifest('shop', 'staging', { deploy })], { version }),
          {
            policies: kept.map((pattern) => stored(pattern)),
            hold: held ? { id: 'h', owner: 'jane', reason: 'looking', since: NOW } : undefined,
            controls: {
              restrictions: expressions.map((branchPattern) => ({ branchPattern })),
              freezes: frozen ? [{ from: NOW, until: NOW + 1, reason: 'sale' }] : [],
              ...(stopped && { stopTheLine: 'incident' }),
            },
          },
        );
        const names = conditions.map(({ name }) => name);
        const failed = (name: string) => conditions.some((one) => one.name === name && !one.holds);
        const shut = ['restriction', 'freeze', 'stopTheLine', 'hold'].some(failed);
        expect(outcome === 'released').toBe(policy !== undefined && !shut);
        if (policy !== undefined && failed('restriction')) expect(outcome).toBe('restricted');
        if (policy === undefined) expect(outcome).toBe('notMatched');
        // Nothing is left out because something else failed.
        expect(names.filter((name) => name === 'restriction')).toHaveLength(expressions.length);
        expect(names.includes('hold')).toBe(held);
        expect(names.includes('freeze')).toBe(frozen);
        expect(names.includes('stopTheLine')).toBe(stopped);
        const asked = kept.length + (own === undefined ? 0 : 1);
        expect(names.filter((name) => name === 'branch')).toHaveLength(asked);
      }),
    );
  });
});

it('repeats of a manifest that is wrong in many long fields the beginning only', () => {
  const values = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`${n}`.padEnd(9_000, 'x'), '{{ .MISSING }}']),
  );
  const { outcome, conditions, sentence } = evaluate(artifact([manifest('shop', 'staging', { values })]));
  expect(outcome).toBe('invalid');
  expect(Buffer.byteLength(JSON.stringify([conditions, sentence]))).toBeLessThan(10_000);
});
