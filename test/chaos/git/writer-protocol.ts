/** What a writer process is started with, as JSON in its first argument. */
export interface WriterSettings {
  readonly dynamodbEndpoint: string;
  readonly tableName: string;
  readonly repo: string;
  readonly branch: string;
  readonly engine: EngineName;
  /** False for the negative control: nobody looks at what is in the repo already. */
  readonly historyScan: boolean;
}

export type EngineName = 'smart-http' | 'isomorphic';

/** Parent → writer: one invocation. */
export interface Work {
  readonly releaseIds: readonly string[];
  /** Milliseconds that the writer's clock is ahead, so that nobody has to sit through a pause. */
  readonly clockAheadMs: number;
  /** Step → at which occurrence of it to die; the first that comes is the end. */
  readonly deaths: Readonly<Record<string, number>>;
}

/** Writer → parent. */
export type WriterMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'done';
      readonly pushes: number;
      readonly conflicts: number;
      /** Why the branch is left alone for now. */
      readonly paused?: string;
      readonly troubles: readonly string[];
    }
  /** It threw what no writer should throw. */
  | { readonly type: 'failed'; readonly error: string };

/** Where a writer writes, just before it dies, at which step it does. */
export const LAST_WORDS_FD = 4;
