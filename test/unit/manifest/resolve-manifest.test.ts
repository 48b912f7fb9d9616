import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnprocessableError } from '../../../shared/errors/errors.ts';
import { manifestSchema } from '../../../shared/manifest/manifest-schema.ts';
import { resolveManifest } from '../../../shared/manifest/resolve-manifest.ts';

const COMPLETE = {
  app: 'myapp',
  env: 'staging',
  namespace: 'my-team',
  chart: { repository: 'https://charts.example.com', name: 'web', version: '1.0.0' },
};

function resolve(fields: object, variables: Record<string, string> = {}) {
  return resolveManifest(manifestSchema.parse({ ...COMPLETE, ...fields }), variables);
}

function problems(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof UnprocessableError || (error instanceof Error && 'errors' in error)) {
      const { code, errors } = error as UnprocessableError;
      return { code, errors: errors.map(({ path, message }) => `${path}: ${message}`) };
    }
    throw error;
  }
  throw new Error('the manifest was taken');
}

describe('a manifest', () => {
  it('has the variables in all its texts filled in, and only in texts', () => {
    const resolved = resolve(
      {
        env: '{{ .ENV }}',
        chart: { repository: 'https://{{ .HOST }}/charts', name: '{{ .CHART }}', version: '{{ .VERSION }}' },
        values: {
          image: { tag: '{{ .SHA }}' },
          replicas: 2,
          list: ['{{ .SHA }}', null, true],
          '{{ .SHA }}': 'key',
        },
        manifests: 'kind: {{ .KIND }}',
      },
      {
        ENV: 'production',
        HOST: 'charts.example.com',
        CHART: 'web',
        VERSION: '1.2.3',
        SHA: 'abc',
        KIND: 'ConfigMap',
      },
    );
    expect(resolved).toEqual({
      app: 'myapp',
      env: 'production',
      namespace: 'my-team',
      chart: { repository: 'https://charts.example.com/charts', name: 'web', version: '1.2.3' },
      values: { image: { tag: 'abc' }, replicas: 2, list: ['abc', null, true], '{{ .SHA }}': 'key' },
      manifests: 'kind: ConfigMap',
    });
  });

  it('keeps a number-like variable a text', () => {
    expect(resolve({ values: { tag: '{{ .SHA }}' } }, { SHA: '0123' }).values).toEqual({ tag: '0123' });
  });

  it.each(['"', "'", 'a\nb: c', 'x: y', '{{ .SECRET }}', '{{', '- a', '#', '&a *a', '\\'])(
    'takes the value %j of a variable for nothing but text',
    (value) => {
      expect(resolve({ values: { note: '{{ .NOTE }}' } }, { NOTE: value, SECRET: 's' }).values).toEqual({
        note: value,
      });
    },
  );

  it('has no field that a variable could reach by being called like it', () => {
    const resolved = resolve(
      { values: { app: '{{ .app }}' } },
      { app: 'evil', env: 'production', APP: 'evil' },
    );
    expect(resolved).toMatchObject({ app: 'myapp', env: 'staging', values: { app: 'evil' } });
  });

  it('knows its own app as APP', () => {
    const fields = { app: '{{ .BRANCH | sanitizeDNSName }}-x', values: { host: '{{ .APP }}.example.com' } };
    expect(resolve(fields, { BRANCH: 'Feature/A', APP: 'other' })).toMatchObject({
      app: 'feature-a-x',
      values: { host: 'feature-a-x.example.com' },
    });
  });

  it('is cut to a name that helm takes when its app is made of a long branch', () => {
    const { app } = resolve(
      { app: 'myapp-{{ .BRANCH }}' },
      { BRANCH: 'a-very-long-branch-name-that-goes-on-and-on-and-on' },
    );
    expect(app).toMatch(/^myapp-a-very-long-branch-name-that-goes-on-and-[0-9a-f]{6}$/);
    expect(app).toHaveLength(53);
  });

  it('leaves when to release behind', () => {
    const resolved = resolve({
      deploy: { event: 'push' },
      cleanup: { app: 'x-{{ .BRANCH }}', event: 'branchDeleted' },
    });
    expect(Object.keys(resolved).sort()).toEqual(['app', 'chart', 'env', 'namespace', 'values']);
  });

  it('is refused with every missing variable and its field at once', () => {
    const attempt = () =>
      resolve({
        namespace: '{{ .TEAM }}',
        values: { image: { tag: '{{ .SHA }}-{{ .RUN }}' }, hosts: ['ok', '{{ .HOST }}'] },
      });
    expect(problems(attempt)).toEqual({
      code: 'variable-missing',
      errors: [
        "namespace: the variable 'TEAM' is not set",
        "values.image.tag: the variables 'SHA', 'RUN' are not set",
        "values.hosts[1]: the variable 'HOST' is not set",
      ],
    });
  });

  it('is refused where a template is wrong', () => {
    expect(problems(() => resolve({ values: { a: '{{ if }}', b: '{{ .X }}' } }))).toEqual({
      code: 'template-invalid',
      errors: ['values.a: if has no value', "values.b: the variable 'X' is not set"],
    });
  });

  it.each([
    ['env', { env: undefined }, 'env: is missing'],
    ['app', { app: undefined }, 'app: is missing'],
    ['namespace', { namespace: undefined }, 'namespace: is missing'],
    ['chart and manifests', { chart: undefined }, 'chart: is missing'],
    ['name of its chart', { chart: { repository: 'https://x.example' } }, 'chart.name: is missing'],
    ['app once it is filled in', { app: '{{ .EMPTY }}' }, 'app: is missing'],
  ])('without %s is incomplete', (_name, fields, words) => {
    const { code, errors } = problems(() => resolve(fields, { EMPTY: '' }));
    expect(code).toBe('manifest-incomplete');
    expect(errors).toEqual([expect.stringContaining(words)]);
  });

  it('is complete with raw manifests alone', () => {
    expect(resolve({ chart: undefined, manifests: 'kind: X' })).toMatchObject({
      manifests: 'kind: X',
      values: {},
    });
  });

  it.each([
    ['namespace', '../other'],
    ['env', 'flux'],
    ['app', 'Up'],
    ['app', 'a/b'],
    ['namespace', '.git'],
  ])('is refused when its %s comes out as %s', (field, value) => {
    const { code, errors } = problems(() => resolve({ [field]: '{{ .V }}' }, { V: value }));
    expect(code).toBe('name-invalid');
    expect(errors).toEqual([expect.stringMatching(new RegExp(`^${field}: `))]);
  });

  it('shares one bound between all its templates', () => {
    const values = Object.fromEntries(
      Array.from({ length: 50 }, (_, at) => [`v${at}`, '{{ range until 3000 }}x{{ end }}']),
    );
    expect(problems(() => resolve({ values })).code).toBe('template-invalid');
  });

  it('gives every text that has no template in it back as it is', () => {
    const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('{{'));
    // No artifact may have it.
    const key = fc.string().filter((name) => name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(text, fc.integer(), fc.array(text))), (values) => {
        expect(resolve({ values }).values).toEqual(values);
      }),
    );
  });
});
