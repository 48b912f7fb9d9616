import type { GitObject } from './object-id.ts';
import { type Splice, spliceDelta, treeDelta } from './tree-delta.ts';

/** A tree in a row of versions, and the version to start again from when the chain of deltas gets long. */
export interface TreeVersion {
  readonly object: GitObject;
  /** How many deltas must be applied to read it; those that the server made of its own are not counted. */
  readonly depth: number;
  readonly anchor: { readonly object: GitObject; readonly depth: number };
}

export interface TreeDelta {
  readonly base: GitObject;
  readonly steps: Buffer;
}

/** As git's own `pack.depth`. */
const MAX_DEPTH = 50;
/** Below this a tree is sent whole: a delta would hardly be smaller. */
const WHOLE_BELOW = 512;

export function onServer(object: GitObject): TreeVersion {
  return { object, depth: 0, anchor: { object, depth: 0 } };
}

/** How to send the version that one splice made of another: as a delta on it, on the anchor, or whole. */
export function nextVersion(
  previous: TreeVersion | undefined,
  object: GitObject,
  splice: Splice,
): { readonly version: TreeVersion; readonly delta?: TreeDelta } {
  const whole = { version: onServer(object) };
  if (previous === undefined || object.body.length < WHOLE_BELOW) return whole;
  const { anchor } = previous;
  const [base, steps] =
    previous.depth < MAX_DEPTH
      ? [previous, spliceDelta(previous.object.body, splice)]
      : [anchor, treeDelta(anchor.object.body, object.body)];
  if (base.depth >= MAX_DEPTH || steps.length > object.body.length / 4) return whole;
  return { version: { object, depth: base.depth + 1, anchor }, delta: { base: base.object, steps } };
}
