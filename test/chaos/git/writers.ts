import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { bundleWriter } from './writer-bundle.ts';
import { LAST_WORDS_FD, type Work, type WriterMessage, type WriterSettings } from './writer-protocol.ts';

/** How an invocation ended. `step`: where it died, when it died where it was told to. */
export type Ending =
  | Exclude<WriterMessage, { type: 'ready' }>
  | { readonly type: 'killed'; readonly step: string };

/** Enough to have one at hand whenever another dies. */
const WARM = 3;

/** Writer processes that are loaded and wait for work: loading takes longer than a life. */
export class Writers {
  readonly #file: string;
  readonly #settings: WriterSettings;
  readonly #env: NodeJS.ProcessEnv;
  readonly #warm: Writer[] = [];

  private constructor(file: string, folder: string, settings: WriterSettings) {
    this.#file = file;
    this.#settings = settings;
    const { PATH, HOME } = process.env;
    this.#env = { PATH, HOME, TMPDIR: folder, NODE_COMPILE_CACHE: join(folder, 'code') };
  }

  /** `folder` is theirs, until it is removed after `close`. */
  static async start(folder: string, settings: WriterSettings): Promise<Writers> {
    const writers = new Writers(await bundleWriter(folder), folder, settings);
    writers.#fill();
    return writers;
  }

  /** One that has never worked before. */
  async take(): Promise<Writer> {
    const writer = this.#warm.shift() ?? this.#begin();
    this.#fill();
    await writer.ready;
    return writer;
  }

  close(): void {
    for (const writer of this.#warm.splice(0)) writer.kill();
  }

  #fill(): void {
    while (this.#warm.length < WARM) this.#warm.push(this.#begin());
  }

  #begin(): Writer {
    return new Writer(
      fork(this.#file, [JSON.stringify(this.#settings)], {
        env: this.#env,
        execArgv: [],
        stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'],
      }),
    );
  }
}

/** One writer process. */
export class Writer {
  readonly ready: Promise<unknown>;
  readonly #process: ChildProcess;
  readonly #died: Promise<Ending>;

  constructor(process: ChildProcess) {
    this.#process = process;
    this.ready = once(process, 'message');
    this.ready.catch(() => undefined); // It may be killed before anybody wants it.
    const lastWords = text(process.stdio[LAST_WORDS_FD] as Readable);
    this.#died = once(process, 'exit').then(async ([code, signal]): Promise<Ending> => {
      if (signal === 'SIGKILL') return { type: 'killed', step: await lastWords };
      return { type: 'failed', error: `the writer's process ended by itself, ${signal ?? code}` };
    });
  }

  /** Resolves when it has done its work, or is dead. */
  async work(work: Work): Promise<Ending> {
    const answered = new AbortController();
    const answer = once(this.#process, 'message', { signal: answered.signal });
    answer.catch(() => undefined);
    this.#process.send(work, () => undefined); // It may be dead by now, which `#died` tells.
    try {
      return await Promise.race([this.#died, answer.then(([message]) => message as Ending)]);
    } finally {
      answered.abort();
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Stops it as a frozen execution environment is stopped: it does not notice. */
  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }
}
