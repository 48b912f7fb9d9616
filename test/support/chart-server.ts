import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';

export interface ServedChart {
  readonly name: string;
  readonly version: string;
  readonly archive: Uint8Array;
  /** What the index says; the archive's own unless given, none when null. */
  readonly digest?: string | null;
  /** Where the index says it is; beside the index unless given. */
  readonly url?: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface ChartServer {
  readonly url: string;
  readonly port: number;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  /** Replaces what is served. */
  readonly serve: (charts: readonly ServedChart[]) => void;
  /** Answers one path in a way of its own. */
  readonly answer: (path: string, answer: Answer) => void;
  readonly close: () => Promise<void>;
}

/** A chart repository as helm knows it, over HTTP on loopback. */
export async function startChartServer(charts: readonly ServedChart[] = []): Promise<ChartServer> {
  const requests: string[] = [];
  const answers = new Map<string, Answer>();
  let served = charts;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const body = contentOf(path, served);
    const answer = answers.get(path);
    if (answer) answer(request, response);
    else if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    serve: (next) => {
      served = next;
    },
    answer: (path, answer) => answers.set(path, answer),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function contentOf(path: string, charts: readonly ServedChart[]): Uint8Array | string | undefined {
  if (path === '/index.yaml') return indexOf(charts);
  return charts.find((chart) => path === `/${fileOf(chart)}`)?.archive;
}

function fileOf({ name, version }: ServedChart): string {
  return `${name}-${version}.tgz`;
}

function indexOf(charts: readonly ServedChart[]): string {
  const entries: Record<string, object[]> = {};
  for (const chart of charts) {
    const digest = chart.digest === undefined ? sha256(chart.archive) : chart.digest;
    const listed = entries[chart.name] ?? [];
    listed.push({
      apiVersion: 'v2',
      name: chart.name,
      version: chart.version,
      ...(digest !== null && { digest }),
      urls: [chart.url ?? fileOf(chart)],
    });
    entries[chart.name] = listed;
  }
  return stringify({ apiVersion: 'v1', entries });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
