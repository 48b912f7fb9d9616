import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameFiles } from '../../../shared/manifest/output/name-files.ts';
import { splitBySource } from '../../../shared/manifest/output/split-by-source.ts';
import { type RenderInputs, renderKey } from '../../../shared/manifest/render-key.ts';
import type { ResolvedManifest } from '../../../shared/manifest/resolved-manifest.ts';
import { STRICT } from '../../support/rendering.ts';

describe("helm's output", () => {
  it('is cut by template, in its own order, and loses nothing but blank lines at the end', () => {
    const output = [
      '---\n# Source: web/templates/b.yaml\nkind: B\n---\n# Source: web/templates/a.yaml\nkind: A # Source: x\n\n  \n',
      '---\n# Source: web/templates/b.yaml\ntext: |\n  # Source: web/templates/a.yaml\n  ---x  \n',
    ].join('');
    expect([...splitBySource(output)]).toEqual([
      [
        'web/templates/b.yaml',
        '---\n# Source: web/templates/b.yaml\nkind: B\n---\n# Source: web/templates/b.yaml\ntext: |\n  # Source: web/templates/a.yaml\n  ---x  \n',
      ],
      ['web/templates/a.yaml', '---\n# Source: web/templates/a.yaml\nkind: A # Source: x\n'],
    ]);
  });

  it('is nothing when there is nothing', () => {
    expect(splitBySource('')).toEqual(new Map());
    expect(splitBySource('\n')).toEqual(new Map());
  });
});

describe('the file of a template', () => {
  it.each([
    [['web/templates/service.yaml'], ['service.yaml']],
    [['web/templates/deep/er/service.yml'], ['service.yml']],
    [
      ['web/templates/service.yaml', 'web/charts/redis/templates/service.yaml'],
      ['service.yaml', 'redis-service.yaml'],
    ],
    [
      ['web/charts/a/templates/service.yaml', 'web/charts/b/charts/c/templates/service.yaml'],
      ['a-service.yaml', 'b-c-service.yaml'],
    ],
    [['web/charts/redis/templates/master.yaml'], ['master.yaml']],
    [
      ['web/templates/a/x.yaml', 'web/templates/b/x.yaml'],
      ['x.yaml', 'b-x.yaml'],
    ],
    [
      ['web/templates/X.yaml', 'web/templates/x.yaml'],
      ['X.yaml', 'web-x.yaml'],
    ],
    [
      ['web/templates/kustomization.yaml', 'web/templates/manifest.yaml'],
      ['web-kustomization.yaml', 'web-manifest.yaml'],
    ],
    [
      ['web/templates/x.txt', 'web/templates/.hidden.yaml'],
      ['x.txt.yaml', 'hidden.yaml'],
    ],
  ])('of %j is %j', (sources, names) => {
    const named = nameFiles(sources);
    expect(sources.map((source) => named.get(source))).toEqual(names);
  });

  it('is another one for each template, is safe, and is read by Flux', () => {
    const segment = fc.constantFrom(
      'a',
      'b',
      'A',
      'charts',
      'templates',
      '..',
      '.',
      'a b',
      'é',
      'x.yaml',
      'release.json',
      'kustomization.yaml',
      'manifest.yaml',
    );
    const source = fc
      .array(segment, { minLength: 1, maxLength: 5 })
      .map((segments) => `web/${segments.join('/')}`);
    fc.assert(
      fc.property(fc.uniqueArray(source, { maxLength: 12 }), (sources) => {
        const names = [...nameFiles(sources).values()];
        expect(names).toHaveLength(sources.length);
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(sources.length);
        for (const name of names)
          expect(name).toMatch(
            /^(?!(?:kustomization\.ya?ml|manifest\.yaml)$)[A-Za-z0-9_-][A-Za-z0-9._-]*\.ya?ml$/,
          );
      }),
    );
  });
});

describe('the render key', () => {
  const resolved = {
    app: 'a',
    env: 'e',
    namespace: 'n',
    values: { x: 1, y: { b: 1, a: [2, 1] } },
  } as unknown as ResolvedManifest;
  const inputs: RenderInputs = {
    resolved,
    chart: { name: 'web', version: '1.0.0', digest: 'digest' },
    tools: { helm: 'v4.1.4' },
    settings: STRICT,
  };
  const key = renderKey(inputs);

  it('does not depend on the order of keys, nor on where the very same chart came from', () => {
    const other = {
      values: { y: { a: [2, 1], b: 1 }, x: 1 },
      namespace: 'n',
      env: 'e',
      app: 'a',
      chart: { name: 'web', repository: 'https://elsewhere.example.com' },
    } as unknown as ResolvedManifest;
    expect(renderKey({ ...inputs, resolved: other })).toBe(key);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another one when anything that goes in is', () => {
    const { chart: _none, ...raw } = inputs;
    const others: RenderInputs[] = [
      { ...inputs, resolved: { ...resolved, values: { x: '1', y: { b: 1, a: [2, 1] } } } },
      { ...inputs, resolved: { ...resolved, values: { x: 1, y: { b: 1, a: [1, 2] } } } },
      { ...inputs, resolved: { ...resolved, strategicMergePatches: 'kind: X' } },
      { ...inputs, chart: { name: 'web', version: '1.0.0', digest: 'other' } },
      raw,
      { ...inputs, tools: { helm: 'v4.2.0' } },
      { ...inputs, tools: { helm: 'v4.1.4', kustomize: 'v5.7.1' } },
      { ...inputs, settings: { ...STRICT, kubeVersion: '1.34.0' } },
    ];
    expect(new Set([key, ...others.map(renderKey)]).size).toBe(others.length + 1);
  });
});
