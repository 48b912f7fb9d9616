import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';

interface ChangedFiles {
  readonly files: readonly {
    readonly path: string;
    readonly change: string;
    readonly additions: number;
    readonly deletions: number;
  }[];
  readonly diff: string;
  readonly truncated?: boolean | undefined;
}

/** A unified diff, in colours where there are any, and how much it is. */
export function sayDiff({ files, diff, truncated }: ChangedFiles, output: Output): void {
  const { green, red, cyan, bold, dim } = output.colours;
  for (const line of diff.trimEnd().split('\n')) {
    const text = printable(line);
    if (/^(diff |--- |\+\+\+ |new file|deleted file)/.test(line)) output.say(bold(text));
    else if (line.startsWith('@@')) output.say(cyan(text));
    else if (line.startsWith('+')) output.say(green(text));
    else output.say(line.startsWith('-') ? red(text) : text);
  }
  const sum = (of: 'additions' | 'deletions') => files.reduce((total, file) => total + file[of], 0);
  const count = `${files.length} file${files.length === 1 ? '' : 's'}`;
  output.say(dim(`${count}, +${sum('additions')} -${sum('deletions')}`));
  if (truncated) output.say(dim('It is too much to be shown here in full; -o json names all files.'));
}
