import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem } from '../../local/system.ts';
import { decisionsAnswer } from '../../shared/contract/answers.ts';

/** The whole local system, as it is pushed to. */
export interface BenchSystem {
  /** Pushes an artifact of these environments; resolves when all its decisions can be read. Milliseconds. */
  decide(id: string, environments: readonly object[]): Promise<{ readonly decidedAfterMs: number }>;
  /** Resolves when no function has been at work for a while. */
  settle(): Promise<void>;
  /** Milliseconds that the invocations of the policy function took, since it was last asked. */
  policyInvocations(): number[];
  close(): Promise<void>;
}

const POLL_MS = 5;
const IDLE_MS = 3_000;

/** Starts it, with all functions loaded. */
export async function startBenchSystem(): Promise<BenchSystem> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gimletd-bench-'));
  let invocations: number[] = [];
  let busyAt = performance.now();
  const system = await startSystem({
    ...{ dataDirectory, port: 0, quiet: true, warm: true, bundles: true },
    observe: (name, ms) => {
      if (name === 'policy') invocations.push(ms);
      if (name !== 'sweeper') busyAt = performance.now();
    },
  });
  const headers = { authorization: `Bearer ${system.adminToken}` };
  const isDecided = async (id: string) => {
    const answer = await fetch(`${system.url}/api/artifacts/${id}/decisions`, { headers });
    return decisionsAnswer.parse(await answer.json()).complete;
  };
  return {
    async decide(id, environments) {
      const version = { repositoryName: 'acme/bench', sha: 'abc1', branch: 'main', event: 'push' };
      const body = JSON.stringify({ id, version, environments });
      const pushedAt = performance.now();
      const answer = await fetch(`${system.url}/api/artifact`, { method: 'POST', headers, body });
      if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
      while (!(await isDecided(id))) await sleep(POLL_MS);
      return { decidedAfterMs: performance.now() - pushedAt };
    },
    async settle() {
      while (performance.now() - busyAt < IDLE_MS) await sleep(IDLE_MS / 10);
    },
    policyInvocations() {
      const seen = invocations;
      invocations = [];
      return seen;
    },
    async close() {
      await system.close();
      await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
