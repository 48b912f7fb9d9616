import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem } from '../../local/system.ts';
import { decisionsAnswer } from '../../shared/contract/answers.ts';

/** Milliseconds from an artifact's push to its decision, on the whole local system, one after the other. */
export async function decisionLatencies(count: number): Promise<number[]> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gimletd-bench-'));
  const system = await startSystem({ dataDirectory, port: 0, quiet: true, warm: true });
  const headers = { authorization: `Bearer ${system.adminToken}` };
  try {
    const latencies: number[] = [];
    for (let n = -WARM_UP; n < count; n += 1) {
      const pushedAt = Date.now();
      const body = JSON.stringify(artifactOf(n + WARM_UP));
      const answer = await fetch(`${system.url}/api/artifact`, { method: 'POST', headers, body });
      if (answer.status !== 201) throw new Error(`an artifact was answered ${answer.status}`);
      const decidedAt = await waitForDecision(
        `${system.url}/api/artifacts/bench-${n + WARM_UP}/decisions`,
        headers,
      );
      if (n >= 0) latencies.push(decidedAt - pushedAt);
    }
    return latencies;
  } finally {
    await system.close();
    await rm(dataDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

const WARM_UP = 5;

async function waitForDecision(url: string, headers: Record<string, string>): Promise<number> {
  for (;;) {
    const { decisions } = decisionsAnswer.parse(await (await fetch(url, { headers })).json());
    const [first] = decisions;
    if (first) return first.decidedAt;
    await sleep(5);
  }
}

function artifactOf(n: number): object {
  return {
    id: `bench-${n}`,
    version: { repositoryName: 'acme/bench', sha: `abc${n}`, branch: 'main', event: 'push' },
    environments: [
      {
        app: 'bench',
        env: 'staging',
        namespace: 'bench',
        manifests: 'kind: ConfigMap',
        deploy: { event: 'tag' },
      },
    ],
  };
}
