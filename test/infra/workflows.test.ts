import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

const FOLDER = join(import.meta.dirname, '../../.github/workflows');

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [file, parse(readFileSync(join(FOLDER, file), 'utf8')) as Workflow]),
);
const jobs = Object.entries(workflows).flatMap(([file, { jobs }]) =>
  Object.entries(jobs).map(([name, job]) => [`${file} ${name}`, job] as const),
);

describe.each(jobs)('%s', (_, job) => {
  const commands = job.steps.flatMap(({ run = '' }) => run.split('\n'));

  test('ends by itself, and leaves no credentials in the checkout', () => {
    expect(job['timeout-minutes']).toBeGreaterThan(0);
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual([false]);
  });

  test('puts nothing that others wrote into a shell', () => {
    expect(commands.filter((line) => line.includes('${{'))).toEqual([]);
  });

  test('runs scripts that there are', () => {
    const scripts = commands.flatMap((line) => /npm run ([\w-]+)/.exec(line)?.[1] ?? []);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });

  test('has no secrets: AWS is reached by who the job is', () => {
    expect(JSON.stringify(job)).not.toMatch(/secrets\./);
    const asksAws = job.steps.some(({ uses }) => uses?.startsWith('aws-actions/'));
    expect(job.permissions?.['id-token'] === 'write').toBe(asksAws);
  });
});

test('actions of others are named by their commits, each with its version beside it', () => {
  const texts = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const named = texts.flatMap((text) =>
    [...text.matchAll(/\buses: *(.*)/g)].map(([, action = '']) => action),
  );
  expect(named.length).toBeGreaterThan(0);
  const pinned = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
  expect(named.filter((action) => !action.startsWith('./') && !pinned.test(action))).toEqual([]);
});

test('workflows may read the code, and what else a job may it says itself', () => {
  for (const { permissions } of Object.values(workflows)) expect(permissions).toEqual({ contents: 'read' });
});

test('production comes after staging, which comes after all checks, each with an environment’s own rules', () => {
  const { check, staging, production } = workflows['deploy.yml']?.jobs ?? {};
  expect(check?.steps.some(({ run }) => run === '.ci/run')).toBe(true);
  expect([staging?.needs, staging?.environment]).toEqual(['check', 'staging']);
  expect([production?.needs, production?.environment]).toEqual(['staging', 'production']);
  expect(production?.steps).toEqual(staging?.steps);
});
