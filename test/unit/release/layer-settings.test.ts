import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../shared/artifact/canonical-json.ts';
import { readDeployed } from '../../../shared/release/deployed-settings.ts';
import { beyondDeployed, layered, settingsOf } from '../../../shared/release/layer-settings.ts';
import { effectiveSettings } from '../../../shared/release/settings-reader.ts';
import { type SettingsDocument, settingsSchema } from '../../../shared/release/settings-schema.ts';

type Part = Partial<SettingsDocument>;

const name = fc.constantFrom('staging', 'production', 'bot', 'gitops', 'constructor');
const environment = fc.record(
  {
    kubeVersion: fc.constantFrom('1.32.0', '1.33.0'),
    protected: fc.boolean(),
    releases: fc.constantFrom('latest' as const, 'keep-all' as const),
    gitops: fc.record({ branch: fc.constantFrom('live', 'main') }, { requiredKeys: ['branch'] }),
  },
  { requiredKeys: [] },
);
const cluster = fc.record({ description: fc.constantFrom('here', 'there') }, { requiredKeys: [] });
const team = fc.record({ apps: fc.constantFrom<string[]>(['*'], ['pay-*', 'shop']) });
/** What the API may say; what is fixed may say it, too. */
const open = fc.record(
  {
    environments: fc.dictionary(name, environment, { maxKeys: 3 }),
    clusters: fc.dictionary(name, cluster, { maxKeys: 3 }),
    teams: fc.dictionary(name, team, { maxKeys: 3 }),
    previewMaxAgeDays: fc.constantFrom(7, 14),
    bot: fc.constantFrom({ name: 'A', email: 'a@x' }, { name: 'B', email: 'b@x' }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Part>;
const gitops = { repo: 'https://git.example.com/gitops.git' };
const fixed = fc
  .tuple(
    open,
    fc.option(fc.constant<{ branchPattern: string }[]>([{ branchPattern: 'main' }]), { nil: undefined }),
  )
  .map(
    ([part, branchRestrictions]): Part => ({
      ...part,
      gitops,
      ...(branchRestrictions && { branchRestrictions }),
    }),
  );

const said = (document: Part) =>
  new Map(settingsOf(document).map(({ path, value }) => [path, canonicalJson(value)]));

describe('settings in two layers', () => {
  it('say all that the deployed ones say, whatever is laid under them', () => {
    fc.assert(
      fc.property(fixed, open, (deployed, own) => {
        const both = said(layered(deployed, own));
        for (const [path, value] of said(deployed)) {
          // An entry without fields is there, with or without fields of the other's.
          if (value === '{}')
            expect([...both.keys()].some((key) => key === path || key.startsWith(`${path}.`))).toBe(true);
          else expect([path, both.get(path)]).toEqual([path, value]);
        }
      }),
    );
  });

  it('come apart again: what is beyond the deployed ones, laid under them, is the whole', () => {
    fc.assert(
      fc.property(fixed, open, (deployed, own) => {
        const whole = layered(deployed, own);
        const { own: beyond, contradictions } = beyondDeployed(whole, deployed);
        expect(contradictions).toEqual([]);
        expect(said(layered(deployed, beyond))).toEqual(said(whole));
        // And it repeats nothing, so that what the operator changes later is not held up by a copy.
        const repeated = [...said(beyond).keys()].filter((path) => said(deployed).has(path));
        expect(repeated).toEqual([]);
      }),
    );
  });

  it('are refused exactly where they want another thing than what is fixed', () => {
    fc.assert(
      fc.property(fixed, open, (deployed, sent) => {
        const { contradictions } = beyondDeployed(sent, deployed);
        const differing = [...said(sent)].filter(([path, value]) => {
          const known = said(deployed).get(path);
          return known !== undefined && known !== value && known !== '{}' && value !== '{}';
        });
        expect(contradictions.map(({ path }) => path).sort()).toEqual(differing.map(([path]) => path).sort());
      }),
    );
  });

  it('are right as one when each is right by itself', () => {
    fc.assert(
      fc.property(fixed, open, (deployed, own) => {
        fc.pre(settingsSchema.safeParse(deployed).success && settingsSchema.partial().safeParse(own).success);
        expect(settingsSchema.safeParse(layered(deployed, own)).error).toBeUndefined();
      }),
    );
  });

  it.each([
    ['gitops', { gitops: { repo: 'https://git.example.com/other.git' } }],
    ['gitopsHosts', { gitopsHosts: ['evil.example.com'] }],
    ['branchRestrictions', { branchRestrictions: [{ branchPattern: '.*' }] }],
    ['writerLanes', { writerLanes: 2 }],
  ])('never take %s from anybody but the operator', (path, sent) => {
    const { own, contradictions } = beyondDeployed(sent, {});
    expect(own).toEqual({});
    expect(contradictions).toEqual([
      { path, message: expect.stringMatching(/^can only be set in the deployed/) },
    ]);
  });

  it('lift no restriction of the operator, not even by an empty list', () => {
    const deployed: Part = { gitops, branchRestrictions: [{ env: 'production', branchPattern: 'main' }] };
    const { contradictions } = beyondDeployed({ branchRestrictions: [] }, deployed);
    expect(contradictions).toEqual([
      { path: 'branchRestrictions', message: expect.stringMatching(/is fixed/) },
    ]);
  });
});

describe('stored settings', () => {
  const deployed = readDeployed(
    JSON.stringify({ gitops, environments: { production: { protected: true } } }),
  );

  it('are read although a newer release of the product has put more into them', () => {
    const document = {
      environments: { staging: { releases: 'keep-all', colour: 'blue' }, production: { size: 3 } },
      seasons: 4,
    } as unknown as Part;
    const { environments } = effectiveSettings(deployed, { version: 7, document });
    expect(environments).toEqual({ staging: { releases: 'keep-all' }, production: { protected: true } });
  });

  it('are not guessed at where a field is not what it must be', () => {
    const document = { environments: { staging: { releases: 'some' } } } as unknown as Part;
    expect(() => effectiveSettings(deployed, { version: 7, document })).toThrow(/version 7 .*/);
  });
});
