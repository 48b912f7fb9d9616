import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { packFixtureChart } from '../support/chart-archive.ts';
import { startChartServer } from '../support/chart-server.ts';
import { gimlet } from '../support/cli.ts';
import { chartAtHand, render, SOME_CHART } from '../support/rendering.ts';
import { folderForTests } from '../support/test-folder.ts';

const CHART = fileURLToPath(new URL('../fixtures/charts/web', import.meta.url));
const STAGING = `app: myapp
env: staging
namespace: my-team
chart: { repository: "https://charts.example.com", name: web, version: 1.2.0 }
values:
  image: { tag: "{{ .SHA }}" }
`;

const folder = folderForTests();
let env: Record<string, string>;
beforeAll(async () => {
  env = { HELM_PATH: await ensureHelm(), KUBECTL_PATH: await ensureKubectl() };
});

let written = 0;
async function file(content: string | Uint8Array, name = 'staging.yaml'): Promise<string> {
  written += 1;
  const path = join(folder, `${written}-${name}`);
  await writeFile(path, content);
  return path;
}

function manifest(...args: string[]) {
  return gimlet(['manifest', ...args], { env });
}

describe('gimlet manifest template', () => {
  it('prints what the server would commit, with no network when the chart is at hand', async () => {
    const vars = await file('# of CI\nSHA="abc 123"\nexport OTHER=x\n', 'ci.env');
    const run = await manifest('template', '-f', await file(STAGING), '--vars', vars, '--chart', CHART);
    const { files } = await render(
      { chart: SOME_CHART, values: { image: { tag: 'abc 123' } } },
      { charts: chartAtHand(packFixtureChart('web')) },
    );
    expect(run).toMatchObject({ code: 0, stderr: '', stdout: [...files.values()].join('') });
  });

  it('takes a packaged chart too, and one that the file names by a path beside it', async () => {
    const archive = await file(packFixtureChart('web'), 'web.tgz');
    const args = ['--var', 'SHA=abc', '--json'];
    const packaged = await manifest('template', '-f', await file(STAGING), '--chart', archive, ...args);
    const named = STAGING.replace(/^chart: .*$/m, `chart: { name: ./${archive.slice(folder.length + 1)} }`);
    const beside = await manifest('template', '-f', await file(named), ...args);
    expect(JSON.parse(packaged.stdout)).toEqual([
      {
        app: 'myapp',
        env: 'staging',
        chart: { name: 'web', version: '1.2.0', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
        files: {
          'deployment.yaml': expect.stringContaining('nginx:abc'),
          'service.yaml': expect.any(String),
        },
      },
    ]);
    expect(beside.stdout).toBe(packaged.stdout);
  });

  it('fetches the chart from its repository otherwise', async () => {
    const server = await startChartServer([
      { name: 'web', version: '1.2.0', archive: packFixtureChart('web') },
    ]);
    const remote = STAGING.replace('https://charts.example.com', server.url).replace('1.2.0', '^1.0');
    const run = await manifest('template', '-f', await file(remote), '--var', 'SHA=abc');
    await server.close();
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('nginx:abc') });
  });

  it('applies patches, writes to a file, and renders several environments', async () => {
    const patched = `${STAGING}strategicMergePatches: |
  apiVersion: apps/v1
  kind: Deployment
  metadata: { name: myapp, namespace: my-team, labels: { patched: "yes" } }
`;
    const raw = STAGING.replace(
      /^chart: .*/ms,
      'manifests: "{apiVersion: v1, kind: Service, metadata: {name: x}}"',
    );
    const out = join(folder, 'out.yaml');
    const both = await file(`${patched}---\n${raw}`);
    const run = await manifest('template', '-f', both, '--var', 'SHA=a', '--chart', CHART, '-o', out);
    expect(run).toMatchObject({ code: 0, stdout: `Written to ${out}.\n` });
    const text = await readFile(out, 'utf8');
    expect(text).toContain('patched: "yes"');
    expect(text.match(/^kind: Deployment$/gm)).toHaveLength(1);
    expect(text).toContain('{apiVersion: v1, kind: Service, metadata: {name: x}}');
  });

  it('names a variable that is missing, and its field', async () => {
    const run = await manifest('template', '-f', await file(STAGING), '--chart', CHART);
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/values\.image\.tag: .*SHA/);
  });

  it('refuses what the environment does not allow, unless told that it does', async () => {
    const cluster = await file(`${STAGING}  clusterRole: true\n`);
    const args = ['template', '-f', cluster, '--var', 'SHA=a', '--chart', CHART];
    expect(await manifest(...args)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'rbac.yaml, document 1, kind: a ClusterRole belongs to the whole cluster',
      ),
    });
    expect(await manifest(...args, '--allow', 'cluster-scoped')).toMatchObject({ code: 0 });
    expect(await manifest(...args, '--allow', 'everything')).toMatchObject({ code: 2 });
  });

  it('says what to install when helm is not there', async () => {
    const args = ['manifest', 'template', '-f', await file(STAGING), '--var', 'SHA=a', '--chart', CHART];
    const run = await gimlet(args, { env: { PATH: folder } });
    expect(run).toMatchObject({ code: 1 });
    expect(run.stderr).toMatch(/needs helm, which is not on PATH.*Install it \(helm 4.*HELM_PATH/s);
  });

  it('says that there is no chart at a path', async () => {
    const args = ['template', '-f', await file(STAGING), '--var', 'SHA=a', '--chart'];
    expect((await manifest(...args, join(folder, 'nowhere'))).stderr).toMatch(
      /chart at .*nowhere can't be read/,
    );
    expect((await manifest(...args, folder)).stderr).toContain('there is no Chart.yaml where it should be');
  });
});

describe('gimlet manifest lint', () => {
  it('finds nothing wrong with a good file, whatever its variables will be', async () => {
    const run = await manifest('lint', '-f', await file(STAGING), '--chart', CHART);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('can be released') });
  });

  it("names the value that the chart's schema does not take", async () => {
    const wrong = await file(`${STAGING}  replicas: "two"\n`);
    const run = await manifest('lint', '-f', wrong, '--chart', CHART);
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('values.replicas: is not what the chart takes: got string, want integer');
  });

  it('names every field that is wrong, in every environment', async () => {
    const raw = STAGING.replace(/^chart: .*/ms, '');
    const run = await manifest(
      'lint',
      '-f',
      await file(`${STAGING}  replicas: x\n---\n${raw}`),
      '--chart',
      CHART,
    );
    expect(run.stderr).toContain('staging/myapp: values.replicas: ');
    expect(run.stderr).toContain('staging/myapp: chart: is missing');
  });

  it('holds it against given variables, of which none may be missing', async () => {
    const vars = await file('TAG=x\n', 'ci.env');
    const run = await manifest('lint', '-f', await file(STAGING), '--chart', CHART, '--vars', vars);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/values\.image\.tag: .*SHA/) });
  });

  it('knows what a preview needs', async () => {
    const run = await manifest('lint', '-f', await file(`${STAGING}preview: true\n`), '--chart', CHART);
    expect(run.code).toBe(0);
  });
});

describe('gimlet manifest create', () => {
  const CREATE = ['create', '--app', 'shop', '--env', 'staging', '--chart', 'web'];
  const REPOSITORY = ['--repository', 'https://charts.example.com', '--chart-version', '^1.2'];

  it('prints a file that lint takes', async () => {
    const run = await manifest(...CREATE, ...REPOSITORY);
    expect(parse(run.stdout)).toEqual({
      app: 'shop',
      env: 'staging',
      namespace: 'default',
      chart: { repository: 'https://charts.example.com', name: 'web', version: '^1.2' },
      values: {},
      deploy: { event: 'push', branch: 'main' },
    });
    const lint = await manifest('lint', '-f', await file(run.stdout), '--chart', CHART);
    expect(lint.code).toBe(0);
  });

  it('writes a file, and never over one that is there', async () => {
    const path = join(folder, 'new.yaml');
    expect(await manifest(...CREATE, ...REPOSITORY, '-o', path)).toMatchObject({ code: 0 });
    const content = await readFile(path, 'utf8');
    const again = await manifest(...CREATE, '-o', path);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
    expect(await readFile(path, 'utf8')).toBe(content);
  });

  it('takes the values of a file, and refuses what does not mean what it looks like', async () => {
    const values = await file('image: { tag: "{{ .SHA }}" } # of the build\nreplicas: 2\n', 'values.yaml');
    const run = await manifest(...CREATE, ...REPOSITORY, '-f', values);
    expect(parse(run.stdout).values).toEqual({ image: { tag: '{{ .SHA }}' }, replicas: 2 });
    const lint = await manifest('lint', '-f', await file(run.stdout), '--chart', CHART);
    expect(lint).toMatchObject({ code: 0, stderr: '' });
    for (const [text, reason] of [
      ['a: [', 'line 1'],
      ['- a', 'must be a map'],
      ['tag: {{ .SHA }}', 'line 1: tag'],
    ] as const) {
      const refused = await manifest(...CREATE, '-f', await file(text, 'values.yaml'));
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
    }
  });

  it.each([
    ['create', ...CREATE.slice(1)],
    ['template', '--chart', CHART, '--var', 'SHA=1', '-f', 'STAGING'],
  ])('says why a file can not be written: %s', async (...args) => {
    const staging = await file(STAGING);
    const path = join(folder, 'no-folder', 'x.yaml');
    const run = await manifest(...args.map((arg) => (arg === 'STAGING' ? staging : arg)), '-o', path);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(`Could not write ${path}`) });
  });

  it('names what can be no name', async () => {
    const run = await manifest('create', '--app', 'My App', '--env', 'staging', '--chart', 'web');
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('--app: must be 1 to 53') });
  });
});

describe('an environment file in CUE', () => {
  /** Answers like `cue export` for a file that is JSON, which is CUE as well. */
  async function cue(): Promise<Record<string, string>> {
    const script = '#!/bin/sh\n[ "$1 $2 $3" = "export --out json" ] || exit 9\nexec /bin/cat "$4"\n';
    const path = await file(script, 'cue');
    await chmod(path, 0o755);
    return { ...env, CUE_PATH: path };
  }

  it.each([
    ['one environment', (one: object) => one],
    ['a list of them', (one: object) => [one]],
    ['a list called configs', (one: object) => ({ configs: [one] })],
  ])('may come to %s', async (_what, wrap) => {
    const path = await file(JSON.stringify(wrap(parse(STAGING))), 'staging.cue');
    const args = ['manifest', 'template', '-f', path, '--var', 'SHA=abc', '--chart', CHART];
    const run = await gimlet(args, { env: await cue() });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('nginx:abc') });
  });

  it('is expanded when it is added to an artifact', async () => {
    const artifact = await file(JSON.stringify({ version: { repositoryName: 'a/b', sha: 'abc' } }), 'a.json');
    const path = await file(JSON.stringify(parse(STAGING)), 'staging.cue');
    const run = await gimlet(['artifact', 'add', '-f', artifact, '--envFile', path], { env: await cue() });
    expect(run.code).toBe(0);
    expect(JSON.parse(await readFile(artifact, 'utf8'))).toMatchObject({ environments: [{ app: 'myapp' }] });
  });

  it('needs cue, and says so', async () => {
    const path = await file('app: "myapp"', 'staging.cue');
    const run = await gimlet(['manifest', 'lint', '-f', path], { env: { PATH: folder } });
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('needs cue, which is not on PATH'),
    });
  });

  it('that is wrong is told of in the words of cue', async () => {
    const failing = await file('#!/bin/sh\necho "app: conflicting values 1 and 2" >&2; exit 1\n', 'cue');
    await chmod(failing, 0o755);
    const path = await file('app: 1 & 2', 'staging.cue');
    const run = await gimlet(['manifest', 'lint', '-f', path], { env: { CUE_PATH: failing } });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('conflicting values 1 and 2') });
  });
});
