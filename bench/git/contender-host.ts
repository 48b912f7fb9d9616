import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ContenderName } from './contenders/contenders.ts';
import type { RepoSize } from './sizes.ts';

export interface Start {
  readonly do: 'start';
  readonly name: ContenderName;
  readonly url: string;
  readonly path: string;
  readonly folder: string;
}

/** Write the releases `from` to `from + count - 1` of a repo of this size. */
export interface Push {
  readonly do: 'push';
  readonly size: RepoSize;
  readonly from: number;
  readonly count: number;
}

export interface Answer {
  /** Milliseconds that the contender took, by its own clock. */
  readonly ms: number;
  /** The most memory that its process has held so far. */
  readonly peakBytes: number;
}

const TIMEOUT_MS = 10 * 60_000;

/** A contender in a process of its own, as the bench sees it. */
export class ContenderHost {
  readonly #child: ChildProcess;
  readonly #name: string;
  /** Rejects when the process ends, which it never does by itself. */
  readonly #gone: Promise<never>;

  private constructor(name: string, program: string) {
    this.#name = name;
    this.#child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#gone = once(this.#child, 'exit').then(([code, signal]) => {
      throw new Error(`${name}: its process ended with ${signal ?? code}`);
    });
    this.#gone.catch(() => undefined);
  }

  /** `program` is what `bundleContenders` made. */
  static async start(
    program: string,
    start: Omit<Start, 'do'>,
  ): Promise<{ host: ContenderHost; answer: Answer }> {
    const host = new ContenderHost(start.name, program);
    try {
      return { host, answer: await host.#ask({ do: 'start', ...start }) };
    } catch (error) {
      host.stop();
      throw error;
    }
  }

  push(push: Omit<Push, 'do'>): Promise<Answer> {
    return this.#ask({ do: 'push', ...push });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  async #ask(command: Start | Push): Promise<Answer> {
    const told = once(this.#child, 'message', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    this.#child.send(command);
    const [answer] = (await Promise.race([told, this.#gone])) as [Answer | { error: string }];
    if ('error' in answer) throw new Error(`${this.#name}: ${answer.error}`);
    return answer;
  }
}
