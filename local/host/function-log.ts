import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Where functions' output goes. */
export interface FunctionLog {
  /** Keeps what an execution environment writes. */
  follow(functionName: string, stdout: Readable, stderr: Readable): void;
  /** Something that the host has to say about a function. */
  report(functionName: string, message: string): void;
  close(): Promise<void>;
}

/**
 * Keeps the output of each function in `<directory>/<function>.log`, appended to. What functions write to stderr, and
 * what the host reports, is told to `tell` as well, a line at a time.
 */
export function openFunctionLog(options: {
  readonly directory: string;
  readonly tell: (line: string) => void;
}): FunctionLog {
  mkdirSync(options.directory, { recursive: true });
  const files = new Map<string, WriteStream>();
  const file = (functionName: string): WriteStream => {
    const opened = files.get(functionName) ?? openLog(join(options.directory, `${functionName}.log`));
    files.set(functionName, opened);
    return opened;
  };
  const write = (functionName: string, line: string) => void file(functionName).write(`${line}\n`);
  const writeAndTell = (functionName: string, line: string) => {
    write(functionName, line);
    options.tell(`${functionName}: ${line}`);
  };
  return {
    follow(functionName, stdout, stderr) {
      createInterface({ input: stdout }).on('line', (line) => write(functionName, line));
      createInterface({ input: stderr }).on('line', (line) => writeAndTell(functionName, line));
    },
    report: writeAndTell,
    close: async () => {
      await Promise.all([...files.values()].map(endStream));
      files.clear();
    },
  };
}

function openLog(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  // A full disk or a removed folder must not end the server: the functions go on, only their words are lost.
  stream.on('error', () => undefined);
  return stream;
}

function endStream(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.end(resolve);
  });
}
