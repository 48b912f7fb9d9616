import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { bundleCli, ROOT } from '../../infra/bundle.ts';
import { parseStage } from '../../infra/config.ts';
import type { LocalSystem } from '../../local/system.ts';
import { welcome } from '../../local/welcome.ts';
import { consoleSteps, type DocExample, isAsShown, readExamples } from '../support/doc-examples.ts';
import { type ExampleShell, exampleShell, type ShellRun } from '../support/example-shell.ts';
import { startTestSystem } from '../support/system.ts';
import { folderForTests } from '../support/test-folder.ts';

/** Every page that somebody follows. */
const PAGES = [
  'docs/deploy.md',
  'docs/releases.md',
  'docs/notifications.md',
  'docs/manifests.md',
  'docs/policies.md',
  'docs/access.md',
  'docs/keyless.md',
  'docs/audit.md',
  'docs/operations.md',
  'docs/modelling.md',
  // Last, as it releases an artifact that only has staging.
  'README.md',
];

const CHARTS = ['local/sample/chart/webapp', 'test/fixtures/charts/web'].map((path) => join(ROOT, path));
/** Deployed, as what is stored is known to all functions only seconds later. */
const TEAMS = { payments: { apps: ['pay-*', 'ledger'], members: ['jane', 'john'] } };
const WAIT = '--wait --timeout 90s';

let system: LocalSystem;
const folder = folderForTests();
let shell: ExampleShell;
/** Ids, the newest first. */
const artifacts: string[] = [];
let artifactFile: string;
let waiting = 0;

beforeAll(async () => {
  const { file } = await bundleCli(join(folder, '.bundle/gimlet.mjs'));
  shell = await exampleShell(folder, file);
  const charts = [...CHARTS, ...(await Promise.all(['0.32.0', '0.73.0'].map(standInChart)))];
  system = await startTestSystem({
    charts,
    settings: { clusters: {}, environments: { careful: { approvals: { required: 1 } } }, teams: TEAMS },
    keepHeadEverySeconds: 1,
    sweepEverySeconds: 1,
  });
  for (const env of ['staging', 'production']) await writeExample(`.gimlet/${env}.yaml`, manifestOf(env));
  for (const version of [1, 2]) {
    await succeed('the first releases', PUSH, jobOf(version));
    artifactFile = await readFile(join(folder, 'artifact.json'), 'utf8');
    const { id } = JSON.parse(artifactFile);
    await succeed('the first releases', `gimlet release -a ${id} -e production ${WAIT}`);
    artifacts.unshift(id);
  }
}, 240_000);
afterAll(() => system?.close());

/** What the pages take from the network, of the same name and version. */
async function standInChart(version: string): Promise<string> {
  const chart = join(folder, '.charts', `onechart-${version}`);
  await cp(join(ROOT, 'local/sample/chart/webapp'), chart, { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), `apiVersion: v2\nname: onechart\nversion: ${version}\n`);
  return chart;
}

/** The app that the pages speak of. */
function manifestOf(env: string): string {
  return `app: shop
env: ${env}
namespace: shop
chart: { repository: "${system.chartRepoUrl}", name: webapp, version: 1.0.0 }
values:
  image: { repository: nginx, tag: "{{ .SHA }}" }
${env === 'staging' ? 'deploy: { event: push, branch: main }\n' : ''}`;
}

const PUSH = `gimlet artifact create -o artifact.json
gimlet artifact add -f artifact.json --envFile .gimlet/staging.yaml --envFile .gimlet/production.yaml
gimlet artifact push -f artifact.json ${WAIT}`;

/** What GitHub tells a job about a push to main. */
function jobOf(version: number): Record<string, string> {
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: String(version).padStart(40, 'a'),
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_RUN_ID: String(version),
    GITHUB_RUN_ATTEMPT: '1',
  };
}

describe('the examples', { timeout: 180_000 }, () => {
  it.each(PAGES)('of %s do what the page says', async (page) => {
    const examples = readExamples(page, await readFile(join(ROOT, page), 'utf8'));
    expect(examples).not.toEqual([]);
    await writeExample('artifact.json', artifactFile);
    for (const example of examples) await tryExample(example);
  });
});

describe('what npm start prints', { timeout: 180_000 }, () => {
  it('pushes a first artifact from another terminal in the project', async () => {
    const [, commands = ''] = stripVTControlCharacters(welcome(system)).split('from another terminal, here:');
    const [typed = ''] = commands.split('Ctrl-C');
    const output = await succeed(
      'npm start',
      `cd '${ROOT}'\n${typed.replace('git clone', `cd '${folder}'; git clone`)}`,
    );
    expect(output).toMatch(/released +staging\/webapp/);
    expect(await readdir(join(folder, 'gitops/staging/webapp'))).toContain('deployment.yaml');
  });
});

async function tryExample(example: DocExample): Promise<void> {
  const text = await filledIn(example);
  if (example.file !== undefined) return writeExample(example.file, text);
  if (example.document === 'stage') return void parseStage('example', text);
  if (example.document === 'settings') return trySettings(example, text);
  if (example.language === 'console') return tryConsole(example.place, text);
  if (example.language === 'yaml') return trySteps(example.place, text);
  await succeed(example.place, text);
}

async function trySettings({ place, language }: DocExample, text: string): Promise<void> {
  await writeExample(`settings.${language}`, text);
  await succeed(place, `gimlet admin settings apply -f settings.${language} --dry-run`);
}

async function tryConsole(place: string, text: string): Promise<void> {
  for (const { command, output: shown } of consoleSteps(text)) {
    const { output } = await run(command);
    expect({ place, command, output: isAsShown(shown, output) ? shown.join('\n') : output }).toEqual({
      place,
      command,
      output: shown.join('\n'),
    });
  }
}

/** Steps of a GitHub Actions job. */
async function trySteps(place: string, text: string): Promise<void> {
  const job = jobOf(3);
  const expanded = text
    .replaceAll(/\$\{\{ github\.sha \}\}/g, job['GITHUB_SHA'] ?? '')
    .replaceAll(/\$\{\{ secrets\.GIMLET_TOKEN \}\}/g, system.adminToken);
  for (const step of parse(expanded) as { run: string; env?: Record<string, string> }[]) {
    await succeed(place, step.run, { ...job, ...step.env });
  }
}

async function succeed(
  place: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, output } = await run(script, env);
  if (code !== 0) throw new Error(`${place} ended with ${code}:\n${script}\n${output}`);
  return output;
}

function run(script: string, env: Readonly<Record<string, string>> = {}): Promise<ShellRun> {
  return shell(script, { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken, ...env });
}

async function writeExample(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/** Addresses of the pages become those of this system, and names what the mark says that they stand for. */
async function filledIn({ text, names }: DocExample): Promise<string> {
  let filled = text
    .replaceAll('https://gimletd.example.com', system.url)
    .replaceAll(/https:\/\/(charts\.example\.com|chart\.onechart\.dev)/g, system.chartRepoUrl)
    .replaceAll('https://github.com/acme/gitops', system.gitopsRepoUrl.replace(/\.git$/, ''));
  for (const [name, kind] of Object.entries(names))
    filled = filled.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), await meant(kind));
  return filled;
}

/** Finds what a name of an example stands for. */
async function meant(kind: string): Promise<string> {
  if (kind === 'artifact') return artifacts[0] ?? '';
  if (kind === 'earlier-artifact') return artifacts[1] ?? '';
  if (kind === 'release') return (await ask('release list --env production --app shop'))[0].id;
  if (kind === 'waiting-release') return waitingRelease();
  if (kind === 'token') return (await ask('admin token create --name example --role reader')).id;
  throw new Error(`an example speaks of a ${kind}, which nobody knows`);
}

/** A release that somebody else than the examples' caller has asked for, of an app of its own. */
async function waitingRelease(): Promise<string> {
  waiting += 1;
  const app = `waiting-${waiting}`;
  const objects = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${app} }\n`.replace(/^/gm, '  ');
  const manifest = `app: ${app}\nenv: careful\nnamespace: shop\nmanifests: |\n${objects}`;
  await writeExample('waiting.yaml', manifest);
  const { token } = await ask(`admin token create --name ${app} --role engineer --app ${app}`);
  const push = `gimlet artifact create -o waiting.json && gimlet artifact add -f waiting.json --envFile waiting.yaml`;
  await succeed(app, `${push} && gimlet artifact push -f waiting.json`, jobOf(10 + waiting));
  const { id } = JSON.parse(await readFile(join(folder, 'waiting.json'), 'utf8'));
  const { releases } = await ask(`release --artifact-id ${id} --env careful`, { GIMLET_TOKEN: token });
  const waitsFor = async () =>
    (await ask('release waiting --env careful')).map((one: { id: string }) => one.id);
  await expect.poll(waitsFor, { timeout: 60_000 }).toContain(releases[0].id);
  return releases[0].id;
}

async function ask(command: string, env: Readonly<Record<string, string>> = {}) {
  return JSON.parse(await succeed(command, `gimlet ${command} -o json 2>/dev/null`, env));
}
