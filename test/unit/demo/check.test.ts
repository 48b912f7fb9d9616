import { describe, expect, it } from 'vitest';
import { differences, type ExpectedRelease } from '../../../local/demo/check.ts';
import type { GitOpsClone } from '../../../local/demo/gitops-clone.ts';

const EXPECTED: ExpectedRelease = {
  env: 'staging',
  app: 'webapp',
  artifactId: 'art-1',
  releaseId: 'rel-1',
  subject: /^\[Gimlet\] staging\/webapp automated deploy$/,
  namespace: 'ns',
  image: 'registry/app:1',
  replicas: 2,
  host: 'app.example.com',
  config: { A: '1' },
};

const object = (kind: string, rest: object) =>
  JSON.stringify({ kind, metadata: { name: 'webapp', namespace: 'ns' }, ...rest });

const FILES: Readonly<Record<string, string>> = {
  'staging/webapp/configmap.yaml': object('ConfigMap', { data: { A: '1' } }),
  'staging/webapp/deployment.yaml': object('Deployment', {
    spec: { replicas: 2, template: { spec: { containers: [{ image: 'registry/app:1' }] } } },
  }),
  'staging/webapp/ingress.yaml': object('Ingress', { spec: { rules: [{ host: 'app.example.com' }] } }),
  'staging/webapp/release.json': '{"artifactId":"art-1","env":"staging"}',
  'staging/webapp/service.yaml': object('Service', {}),
};

/** A repo with these files, all of one commit. */
function repo(files: Readonly<Record<string, string>>, commit: object = {}): GitOpsClone {
  const paths = Object.keys(files).sort();
  return {
    directory: '/nowhere',
    files: paths,
    commits: [
      {
        sha: 'c0ffee',
        subject: '[Gimlet] staging/webapp automated deploy',
        trailers: { 'Artifact-Id': 'art-1', 'Release-Id': 'rel-1' },
        files: paths,
        ...commit,
      },
    ],
    read: async (path) => files[path] ?? Promise.reject(new Error(`there is no ${path}`)),
  };
}

const withFile = (path: string, text: string) => repo({ ...FILES, [`staging/webapp/${path}`]: text });

describe('the demo’s verdict', () => {
  it('is right when everything is', async () => {
    expect(await differences(repo(FILES), [EXPECTED])).toEqual([]);
  });

  it.each([
    ['a file too many', withFile('old.yaml', ''), /^files of the repo/],
    [
      'another image',
      withFile('deployment.yaml', object('Deployment', { spec: { replicas: 2 } })),
      /image: is undefined/,
    ],
    [
      'another configuration',
      withFile('configmap.yaml', object('ConfigMap', { data: { A: '2' } })),
      /config: is {"A":"2"}/,
    ],
    [
      'another artifact',
      withFile('release.json', '{"artifactId":"art-0","env":"staging"}'),
      /artifact: is "art-0"/,
    ],
    [
      'another namespace',
      withFile('service.yaml', '{kind: Service, metadata: {name: webapp, namespace: x}}'),
      /namespaces/,
    ],
    ['another subject', repo(FILES, { subject: 'Update' }), /subject is 'Update'/],
    ['another release', repo(FILES, { trailers: { 'Artifact-Id': 'art-1' } }), /Release-Id/],
    [
      'a commit that touches more',
      repo(FILES, { files: [...Object.keys(FILES), 'README.md'] }),
      /files of staging/,
    ],
  ])('names %s', async (_what, clone, reason) => {
    const found = await differences(clone, [EXPECTED]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(reason);
  });

  it('names an empty repo and a missing commit', async () => {
    const empty = { ...repo({}), commits: [] };
    const found = await differences(empty, [EXPECTED]);
    expect(found).toContain('commits: is 0, should be 1');
    expect(found).toContain('no commit for staging');
  });
});
