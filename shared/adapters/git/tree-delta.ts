import { type DeltaStep, encodeDelta } from './delta-codec.ts';
import { type LocatedEntry, parseTree } from './tree-codec.ts';

/** One run of bytes of a tree replaced by others: what an edit of one entry does. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

export function applySplice(tree: Buffer, { start, end, bytes }: Splice): Buffer {
  return Buffer.concat([tree.subarray(0, start), bytes, tree.subarray(end)]);
}

/** The delta of one splice: copy, insert, copy. Nothing needs to be searched for, we know what we did. */
export function spliceDelta(base: Buffer, { start, end, bytes }: Splice): Buffer {
  const size = base.length - (end - start) + bytes.length;
  return encodeDelta(base.length, size, [
    { copy: { start: 0, end: start } },
    { insert: bytes },
    { copy: { start: end, end: base.length } },
  ]);
}

/** The delta between two versions of a tree that many edits lie between: runs of entries that are in both. */
export function treeDelta(base: Buffer, target: Buffer): Buffer {
  const known = new Map(parseTree(base).map((entry) => [entryKey(base, entry), entry]));
  const steps: DeltaStep[] = [];
  for (const entry of parseTree(target))
    appendEntry(steps, known.get(entryKey(target, entry)), target, entry);
  return encodeDelta(base.length, target.length, steps);
}

function appendEntry(
  steps: DeltaStep[],
  same: LocatedEntry | undefined,
  target: Buffer,
  entry: LocatedEntry,
): void {
  const last = steps.at(-1);
  if (same === undefined) {
    steps.push({ insert: target.subarray(entry.start, entry.end) });
  } else if (last !== undefined && 'copy' in last && last.copy.end === same.start) {
    steps[steps.length - 1] = { copy: { start: last.copy.start, end: same.end } };
  } else {
    steps.push({ copy: { start: same.start, end: same.end } });
  }
}

function entryKey(tree: Buffer, { start, end }: LocatedEntry): string {
  return tree.toString('latin1', start, end);
}
