import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalSystem } from '../../local/system.ts';
import type { FunctionName } from '../../shared/contract/functions.ts';
import { HEARTBEAT_APP } from '../../shared/contract/heartbeat.ts';
import { METRICS, type MetricSpec } from '../../shared/contract/metrics.ts';
import { call, listReleases, numbered } from '../support/api.ts';
import { gimlet } from '../support/cli.ts';
import { git } from '../support/native-git.ts';
import { startTestSystem } from '../support/system.ts';

type Line = Readonly<Record<string, unknown>>;
interface Document extends Line {
  readonly service: string;
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

const CORRELATION_ID = 'github.com/acme/shop/actions/runs/1042/1';
const WAIT = { timeout: 90_000, interval: 100 };

let system: LocalSystem;
beforeAll(async () => {
  system = await startTestSystem({ sweepEverySeconds: 1, resendAfterSeconds: 60 });
});
afterAll(() => system.close());

async function linesOf(name: FunctionName): Promise<Line[]> {
  const text = await readFile(join(system.dataDirectory, 'logs', `${name}.log`), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Line] : []));
}

async function documentsOf(name: FunctionName): Promise<Document[]> {
  return (await linesOf(name)).filter((line): line is Document => '_aws' in line);
}

/** Every figure of a metric that a function has recorded so far. */
async function figures(name: FunctionName, metric: string): Promise<number[]> {
  return (await documentsOf(name)).flatMap((document) => (document[metric] ?? []) as number | number[]);
}

describe('an artifact on its way from the CI job to the GitOps repo', () => {
  it('carries the job’s correlation id into the commit', async () => {
    const sent = { body: numbered('shop', 1), headers: { 'x-correlation-id': CORRELATION_ID } };
    expect(await call(system, '/api/artifact', sent)).toMatchObject({ status: 201 });
    await expect
      .poll(async () => (await listReleases(system, 'env=staging')).map(({ state }) => state), WAIT)
      .toEqual(['released']);
    const message = git(system.gitopsRepoPath, ['log', '-1', '--format=%B', 'main']);
    expect(message).toContain(`\nCorrelation-Id: ${CORRELATION_ID}\n`);
  });

  it('leaves one wide line in the log of each function that it passed', async () => {
    const passed = (name: FunctionName) => async () =>
      new Set(
        (await linesOf(name))
          .filter(({ correlationId }) => correlationId === CORRELATION_ID)
          .map(({ message }) => message),
      );
    await expect.poll(passed('artifacts'), WAIT).toEqual(new Set(['request']));
    await expect.poll(passed('policy'), WAIT).toEqual(new Set(['record']));
    await expect.poll(passed('renderer'), WAIT).toEqual(new Set(['record']));
    await expect.poll(passed('writer'), WAIT).toEqual(new Set(['release ended']));
    const [request] = (await linesOf('artifacts')).filter(({ message }) => message === 'request');
    expect(request).toMatchObject({ artifactId: 'shop-1', created: true, status: 201, caller: 'admin' });
  });

  it('is counted at each step, with the time that it took', async () => {
    await expect.poll(() => figures('artifacts', 'ArtifactsAccepted'), WAIT).toEqual([1]);
    await expect.poll(() => figures('policy', 'DecisionsMade'), WAIT).toEqual([1]);
    await expect.poll(() => figures('renderer', 'ReleasesRendered'), WAIT).toEqual([1]);
    await expect.poll(() => figures('writer', 'ReleasesCommitted'), WAIT).toEqual([1]);
    await expect.poll(async () => Math.max(...(await figures('writer', 'PushAttempts'))), WAIT).toBe(1);
    await expect.poll(async () => (await figures('writer', 'UnpublishedAge')).at(-1), WAIT).toBe(0);
    await expect.poll(async () => (await figures('sweeper', 'OverdueAge')).length, WAIT).toBeGreaterThan(0);
    const [commitLatency = -1, ...more] = await figures('writer', 'CommitLatency');
    expect(more).toEqual([]);
    expect(commitLatency).toBeGreaterThan(0);
    expect(commitLatency).toBeLessThan(60_000);
  });

  it('is not counted again when it is pushed again', async () => {
    expect(await call(system, '/api/artifact', { body: numbered('shop', 1) })).toMatchObject({ status: 200 });
    await expect.poll(async () => (await figures('artifacts', 'AcceptLatency')).length, WAIT).toBe(2);
    expect(await figures('artifacts', 'ArtifactsAccepted')).toEqual([1]);
  });
});

/** The CLI in a GitHub job, as an operator. */
function cli(...args: string[]) {
  const job = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/blog', GITHUB_RUN_ID: '7' };
  return gimlet(args, { env: { GIMLET_SERVER: system.url, GIMLET_TOKEN: system.adminToken, ...job } });
}

describe('an operator', () => {
  it('pushes from a CI job, whose name is in the commit', async () => {
    const file = join(system.dataDirectory, 'artifact.json');
    await writeFile(file, JSON.stringify(numbered('blog', 1)));
    expect(await cli('artifact', 'push', '-f', file, '--wait', '--timeout', '90s')).toMatchObject({
      code: 0,
    });
    const message = git(system.gitopsRepoPath, ['log', '-1', '--format=%B', 'main']);
    expect(message).toContain('\nCorrelation-Id: github-actions:7-1:acme/blog\n');
  });

  it('asks whether all is well, and is told what was looked at', async () => {
    const { code, stdout } = await cli('admin', 'doctor');
    expect(stdout).toContain('All that is needed works.');
    expect(code).toBe(0);
    const { stdout: json } = await cli('admin', 'doctor', '-o', 'json');
    const { findings } = JSON.parse(json) as { findings: { subject: string; check: string }[] };
    const subject = `${system.gitopsRepoUrl} main`;
    expect(findings.flatMap((one) => (one.subject === subject ? one.check : []))).toEqual([
      'reach',
      'read',
      'report',
      'push',
    ]);
  });

  it('has what was sent in vain sent again', async () => {
    const { code, stdout } = await cli('admin', 'redrive', '-o', 'json');
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({ code: 0, answer: { removed: 0, kept: [] } });
  });

  it('has an artifact decided once more, which releases it again', async () => {
    const { code, stdout } = await cli('admin', 'replay', 'blog-1', '--timeout', '60s');
    expect(stdout).toContain('staging/blog: released');
    expect(code).toBe(0);
    const states = async () => (await listReleases(system, 'env=staging&app=blog')).map(({ state }) => state);
    await expect.poll(states, WAIT).toEqual(['unchanged', 'released']);
  });

  it('is told that an artifact does not exist', async () => {
    const { code, stderr } = await cli('admin', 'replay', 'nothing-1');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no artifact 'nothing-1'"),
    });
  });
});

describe('a heartbeat', () => {
  const due = '2026-11-30T12:00:00Z';
  const ask = (namespace = 'default') =>
    system.host.invoke('artifacts', { ask: 'heartbeat', env: 'gimletd', namespace, time: due });

  it('goes all the way into the GitOps repo by itself, once, however often it is asked for', async () => {
    const artifactId = 'gimletd-heartbeat-gimletd-20261130120000';
    expect(await ask()).toEqual({ artifactId, created: true });
    expect(await ask()).toEqual({ artifactId, created: false });
    const states = async () => (await listReleases(system, 'env=gimletd')).map(({ state }) => state);
    await expect.poll(states, WAIT).toEqual(['released']);
    const files = git(system.gitopsRepoPath, ['grep', '-F', due, 'main', '--', 'gimletd']);
    expect(files).toContain('gimletd/gimletd-heartbeat/');
  });

  it('leaves the line by which its alarm counts it', async () => {
    const counted = async () =>
      (await linesOf('writer')).filter(
        ({ message, app, state }) =>
          message === 'release ended' && app === HEARTBEAT_APP && state === 'released',
      ).length;
    await expect.poll(counted, WAIT).toBe(1);
  });

  it('fails aloud where something else has its id', async () => {
    await expect(ask('elsewhere')).rejects.toThrow(/stored with other content/);
  });
});

describe('metrics', () => {
  it.each(['artifacts', 'policy', 'renderer', 'writer', 'sweeper'] as const)(
    'of the function %s are those of the contract, in its namespace and units',
    async (name) => {
      const documents = await documentsOf(name);
      expect(documents.length).toBeGreaterThan(0);
      const specs: Readonly<Record<string, MetricSpec>> = METRICS;
      for (const { service, _aws } of documents) {
        expect(service).toBe(`gimletd-${name}`);
        for (const { Namespace, Metrics } of _aws.CloudWatchMetrics) {
          expect(Namespace).toBe('gimletd-local');
          for (const { Name, Unit } of Metrics) {
            expect(specs[Name]?.by).toContain(name);
            expect(specs[Name]?.unit).toBe(Unit);
          }
        }
      }
    },
  );
});
