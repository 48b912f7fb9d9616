import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { whenCutShort } from './cut-short.ts';

/** What the CGI program answered: its header block, parsed, and the rest of its output as it comes. */
export interface CgiAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Readable;
}

type Backend = ChildProcessByStdio<Writable, Readable, Readable>;

const MAX_HEADER_BYTES = 16 * 1024;

/** Runs `git http-backend` in this environment for one request; resolves as soon as its header block is complete. */
export async function runCgi(request: IncomingMessage, env: NodeJS.ProcessEnv): Promise<CgiAnswer> {
  // In a process group of its own: `git` runs http-backend as a child, and both must go when one is killed.
  const backend = spawn('git', ['http-backend'], { env, stdio: 'pipe', detached: true });
  const failure = watchForFailure(backend);
  feed(request, backend);
  return Promise.race([readCgiAnswer(backend.stdout), failure]);
}

/**
 * Pipes the request body into git. git 2.39 reads a body that ends before its Content-Length in an endless loop at
 * full speed, so a client that dies in the middle takes its process with it. Once the body is complete git goes on
 * whatever becomes of the client, as it would behind any web server.
 */
function feed(request: IncomingMessage, backend: Backend): void {
  whenCutShort(request, () => killGroup(backend));
  // git answers some requests without reading their body; the broken pipe is no news then.
  backend.stdin.on('error', () => request.resume());
  request.pipe(backend.stdin);
}

function killGroup(backend: Backend): void {
  if (backend.pid === undefined || backend.exitCode !== null || backend.signalCode !== null) return;
  try {
    process.kill(-backend.pid, 'SIGKILL');
  } catch {
    backend.kill('SIGKILL'); // No process groups on this system.
  }
}

/** Rejects when git can't be started, or ends by a signal or with an error; never resolves. */
function watchForFailure(backend: Backend): Promise<never> {
  const said: Buffer[] = [];
  backend.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const { promise, reject } = Promise.withResolvers<never>();
  backend.once('error', (cause) => reject(new Error('git could not be started; is it on PATH?', { cause })));
  backend.once('close', (code, signal) => {
    if (code === 0) return;
    const words = Buffer.concat(said).toString('utf8').trim();
    reject(new Error(`git http-backend ended with ${signal ?? code}: ${words}`));
  });
  promise.catch(() => undefined); // After the header block nobody listens: the answer's body just ends.
  return promise;
}

async function readCgiAnswer(output: Readable): Promise<CgiAnswer> {
  const iterator: AsyncIterator<Buffer> = output.iterator({ destroyOnReturn: false });
  let seen = Buffer.alloc(0);
  for (;;) {
    const next = await iterator.next();
    if (next.done) throw new Error('git http-backend ended without an answer.');
    seen = Buffer.concat([seen, next.value]);
    const end = seen.indexOf('\r\n\r\n');
    if (end >= 0) {
      await iterator.return?.();
      return {
        ...parseCgiHeader(seen.toString('latin1', 0, end)),
        body: rest(seen.subarray(end + 4), output),
      };
    }
    if (seen.length > MAX_HEADER_BYTES) throw new Error('git http-backend sent no end of its header block.');
  }
}

function rest(beginning: Buffer, output: Readable): Readable {
  const body = new PassThrough();
  body.write(beginning);
  // A client that stops reading must not leave git waiting at a full pipe.
  body.once('close', () => output.resume());
  output.once('error', (error) => body.destroy(error));
  return output.pipe(body);
}

function parseCgiHeader(block: string): Pick<CgiAnswer, 'status' | 'headers'> {
  const fields = block.split('\r\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
  const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1];
  return {
    status: status === undefined ? 200 : Number.parseInt(status, 10),
    headers: fields.filter(([name]) => name.toLowerCase() !== 'status'),
  };
}
