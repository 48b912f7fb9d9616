import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ContenderName } from './contenders/contenders.ts';
import type { RepoSize } from './sizes.ts';

export interface Start {
  readonly do: 'start';
  readonly name: ContenderName;
  readonly url: string;
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

  private constructor(name: string, program: string) {
    this.#name = name;
    this.#child = fork(program, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
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
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const told = once(this.#child, 'message', { signal });
    const gone = once(this.#child, 'exit', { signal });
    gone.catch(() => undefined);
    this.#child.send(command);
    const [first] = (await Promise.race([told, gone])) as [Answer | { error: string } | number | null];
    if (typeof first !== 'object' || first === null) {
      throw new Error(`${this.#name}: its process ended with ${first}`);
    }
    if ('error' in first) throw new Error(`${this.#name}: ${first.error}`);
    return first;
  }
}
