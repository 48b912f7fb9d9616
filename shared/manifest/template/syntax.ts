import type { Value } from './value.ts';

/** An argument, or the first word of a command. */
export type Operand =
  | { readonly kind: 'dot' }
  | { readonly kind: 'nil' }
  | { readonly kind: 'literal'; readonly value: Value }
  /** `.a.b` */
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  /** `$x.a.b`; the name of `$` itself is empty. */
  | { readonly kind: 'variable'; readonly name: string; readonly names: readonly string[] }
  /** `(…)`, and `(…).a.b` */
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly name: string; readonly names: readonly string[] };

export interface Command {
  readonly first: Operand;
  readonly args: readonly Operand[];
}

/** `$a, $b := first | second`; `assigns` tells `=` from `:=`. */
export interface Pipeline {
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

/** `if`, `with`, `range`; `otherwise` is its else part. */
export interface Block {
  readonly kind: 'if' | 'with' | 'range';
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | Block;
