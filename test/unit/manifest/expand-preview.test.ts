import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeDnsName } from '../../../shared/manifest/dns-name.ts';
import { expandPreview } from '../../../shared/manifest/expand-preview.ts';
import { manifestSchema } from '../../../shared/manifest/manifest-schema.ts';
import { resolveManifest } from '../../../shared/manifest/resolve-manifest.ts';
import { isSlug } from '../../../shared/manifest/slug.ts';

const PREVIEW = {
  app: 'myapp',
  env: 'preview',
  namespace: 'my-team',
  chart: { repository: 'https://charts.example.com', name: 'web', version: '1.0.0' },
  values: { ingress: { host: 'myapp.preview.example.com', tlsEnabled: true } },
  deploy: { event: 'pr', branch: 'main' },
  preview: true,
};

function expand(fields: object = {}) {
  return expandPreview(manifestSchema.parse({ ...PREVIEW, ...fields }));
}

function hostOf({ values = {} }: { readonly values?: Readonly<Record<string, unknown>> }): string {
  return (values['ingress'] as { readonly host: string }).host;
}

function resolved(fields: object, branch: string) {
  const manifest = resolveManifest(expand(fields), { BRANCH: branch });
  return { app: manifest.app, host: hostOf(manifest) };
}

describe('a preview manifest', () => {
  it('is one per branch: an app and a host of its own', () => {
    expect(resolved({}, 'feature/Cool_things')).toEqual({
      app: 'myapp-feature-cool-things',
      host: 'myapp-feature-cool-things.preview.example.com',
    });
  });

  it('drops -preview where its names end in it', () => {
    const values = { ingress: { host: 'myapp-preview.example.com' } };
    expect(resolved({ app: 'myapp-preview', values }, 'fix')).toEqual({
      app: 'myapp-fix',
      host: 'myapp-fix.example.com',
    });
  });

  it('is released on pushes to any branch but the main ones, and cleaned up when the branch goes', () => {
    expect(expand()).toMatchObject({
      deploy: { event: 'push', branch: '!{main,master}' },
      cleanup: { app: 'myapp-{{ .BRANCH | sanitizeDNSName }}', event: 'branchDeleted', branch: '*' },
    });
    expect(expand().deploy).toEqual({ event: 'push', branch: '!{main,master}' });
  });

  it('keeps its other values', () => {
    const values = { replicas: 2, ingress: { host: 'a.example.com', tlsEnabled: true } };
    expect(expand({ values }).values).toMatchObject({ replicas: 2, ingress: { tlsEnabled: true } });
    for (const others of [undefined, {}, { ingress: 'none' }, { ingress: { host: 7 } }])
      expect(expand({ values: others }).values).toEqual(others);
  });

  it('leaves names alone that already tell the branch', () => {
    const values = { ingress: { host: '{{ .APP }}.example.com' } };
    expect(resolved({ app: 'x-{{ .BRANCH }}', values }, 'fix')).toEqual({
      app: 'x-fix',
      host: 'x-fix.example.com',
    });
  });

  it('finds the first label of a host that has variables in it', () => {
    const values = { ingress: { host: '{{ index (splitList "." "a.b") 0 }}.example.com' } };
    expect(resolved({ values }, 'fix').host).toBe('a-fix.example.com');
  });

  it('is expanded once, however often it is asked for', () => {
    expect(expandPreview(expand())).toEqual(expand());
  });

  it('needs the variable BRANCH, and says so', () => {
    expect(() => resolveManifest(expand(), {})).toThrow(/app: .*BRANCH/);
  });

  it('keeps two branches of 60 characters apart that begin alike', () => {
    const branch = 'feature/a-very-long-branch-name-that-somebody-thought-good';
    const [one, other] = [resolved({}, `${branch}-1`), resolved({}, `${branch}-2`)];
    expect(branch.length + 2).toBe(60);
    expect(one.app).toHaveLength(53);
    expect(one.app.slice(0, 46)).toBe(other.app.slice(0, 46));
    expect(one.app).not.toBe(other.app);
    expect(one.host).not.toBe(other.host);
  });

  it('has a name that is allowed, and the same in its host, for every branch', () => {
    const branches = fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[a-z]{1,9}\/[\w.-]{1,90}$/));
    fc.assert(
      fc.property(branches, (branch) => {
        fc.pre(sanitizeDnsName(branch) !== '');
        const { app, host } = resolved({}, branch);
        expect(isSlug(app)).toBe(true);
        expect(host).toBe(`${app}.preview.example.com`);
      }),
    );
  });
});

it('a manifest that is no preview stays as it is', () => {
  const manifest = manifestSchema.parse({ ...PREVIEW, preview: false });
  expect(expandPreview(manifest)).toBe(manifest);
});
