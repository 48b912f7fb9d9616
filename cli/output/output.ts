import pico from 'picocolors';
import type { TextStream, World } from '../world.ts';
import { printable } from './printable.ts';
import { tabbedTable } from './tabbed-table.ts';

type Colours = ReturnType<typeof pico.createColors>;

type AlignedTable = typeof import('./aligned-table.ts').alignedTable;
type Streams = Pick<World, 'stdout' | 'stderr' | 'env'>;

/**
 * What a command says. For people: prose and tables on stdout. With `-o json`: one JSON document on stdout, and the
 * prose on stderr. Colours and aligned tables only on a terminal.
 */
export class Output {
  readonly colours: Colours;
  readonly #json: boolean;
  readonly #stdout: TextStream;
  readonly #prose: TextStream;
  readonly #aligned: AlignedTable | undefined;
  #answered = false;

  /** @param aligned lays out tables for eyes; without it, cells are separated by tabs */
  constructor({ stdout, stderr, env }: Streams, json: boolean, aligned?: AlignedTable) {
    this.#json = json;
    this.#stdout = stdout;
    this.#prose = json ? stderr : stdout;
    this.#aligned = aligned;
    this.colours = coloursOf(this.#prose, env);
  }

  /** Loads what lays out tables only where somebody looks at them. */
  static async open(streams: Streams, json: boolean): Promise<Output> {
    const { isTTY } = json ? streams.stderr : streams.stdout;
    return new Output(streams, json, isTTY ? (await import('./aligned-table.ts')).alignedTable : undefined);
  }

  /** A line for people. What comes from elsewhere must be made printable by the caller. */
  say(line = ''): void {
    this.#prose.write(`${line}\n`);
  }

  /** The result, once: as JSON if that was asked for, else in words. */
  answer(value: unknown, inWords: () => void): void {
    if (this.#json) this.json(value);
    else inWords();
  }

  /** A JSON document on stdout, whatever was asked for. */
  json(value: unknown): void {
    this.#answered = true;
    this.#stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Whether whoever reads JSON from stdout has had none yet. */
  get owesJson(): boolean {
    return this.#json && !this.#answered;
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    if (rows.length === 0) return;
    const cells = rows.map((row) => row.map(printable));
    if (this.#aligned) this.say(this.#aligned(head.map(this.colours.bold), cells));
    else this.say(tabbedTable(cells));
  }

  /** `name   value` lines; what has no value is left out. */
  facts(facts: Readonly<Record<string, string | undefined>>): void {
    const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
    const width = Math.max(...known.map(([name]) => name.length));
    for (const [name, value] of known) {
      const lines = printable(value ?? '')
        .trimEnd()
        .replaceAll('\n', `\n${' '.repeat(width + 2)}`);
      this.say(`${this.colours.dim(name.padEnd(width))}  ${lines}`);
    }
  }
}

/** See no-color.org; FORCE_COLOR is for CI logs that show colours. */
export function coloursOf(stream: TextStream, env: World['env']): Colours {
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  return pico.createColors(!env['NO_COLOR'] && env['TERM'] !== 'dumb' && (forced || stream.isTTY === true));
}
