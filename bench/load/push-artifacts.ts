import { setTimeout as sleep } from 'node:timers/promises';
import type { MeteredSystem } from '../usage/metered-system.ts';

export interface Pushed {
  readonly seconds: number;
  /** Milliseconds of each push. */
  readonly latencies: readonly number[];
}

export interface PushOptions {
  /** Ids and apps begin with it. */
  readonly name: string;
  /** Of which all of them are; without it their name is, or that of each where they are released. */
  readonly app?: string;
  readonly from: number;
  readonly count: number;
  readonly clients: number;
  /** Whether a policy releases them; each has an app of its own then. */
  readonly released: boolean;
}

/** Pushes artifacts, so many clients side by side, each the next as soon as the last is answered. */
export async function pushArtifacts(system: MeteredSystem, options: PushOptions): Promise<Pushed> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  let next = options.from;
  const client = async () => {
    while (next < options.from + options.count) {
      const n = next;
      next += 1;
      const sentAt = performance.now();
      await push(system, artifactOf(n, options));
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  return { seconds: (performance.now() - startedAt) / 1000, latencies };
}

/** Waits until nothing is used any more: all that was pushed has come to its end. */
export async function settled(system: MeteredSystem): Promise<void> {
  const QUIET_MS = 3_000;
  const worked = () => {
    const { functions } = system.usage();
    return Object.entries(functions)
      .filter(([name]) => name !== 'sweeper')
      .reduce((sum, [, { count }]) => sum + count, 0);
  };
  let [before, since] = [worked(), performance.now()];
  while (performance.now() - since < QUIET_MS) {
    await sleep(100);
    const now = worked();
    if (now !== before) [before, since] = [now, performance.now()];
  }
}

export async function get(system: MeteredSystem, path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${system.adminToken}` };
  const answer = await fetch(system.url + path, { headers });
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

async function push(system: MeteredSystem, document: object): Promise<void> {
  const answer = await fetch(`${system.url}/api/artifact`, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.adminToken}` },
    body: JSON.stringify(document),
  });
  await answer.text();
  if (answer.status !== 201) throw new Error(`an artifact was answered ${answer.status}`);
}

function artifactOf(n: number, options: PushOptions): object {
  const { name, released } = options;
  const app = options.app ?? (released ? `${name}-${n}` : name);
  return {
    id: `${name}-${n}`,
    version: {
      repositoryName: `acme/${app}`,
      sha: n.toString(16).padStart(40, '0'),
      branch: 'main',
      event: 'push',
      authorName: 'Jane',
      message: 'Say hello',
    },
    context: { SHA: String(n) },
    environments: [
      {
        app,
        env: 'staging',
        namespace: 'default',
        manifests: MANIFEST,
        ...(released && { deploy: { event: 'push', branch: 'main' } }),
      },
    ],
  };
}

const MANIFEST = `apiVersion: v1
kind: ConfigMap
metadata:
  name: "{{ .APP }}"
data:
  sha: "{{ .SHA }}"
`;
