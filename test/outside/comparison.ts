import type { Resource, Resources } from './resources.ts';

// biome-ignore lint/suspicious/noExplicitAny: what AWS answers is untyped JSON, as templates are.
export type Json = Record<string, any>;

/** What our template or contract says of one kind of resource, and what AWS says of it; both by the same names. */
export interface Comparison {
  readonly what: string;
  readonly expected: Json;
  readonly aws: Json;
}

export interface Deployed {
  /** With every reference replaced by what it came to. */
  readonly resources: Resources;
  /** What `Ref` is of each resource, by logical id. */
  readonly names: Readonly<Record<string, string>>;
}

/** Something of each deployed resource of a type, by its name. */
export function mapOfType(
  { resources, names }: Deployed,
  type: string,
  map: (resource: Resource, name: string) => unknown,
): Json {
  const ofType = Object.entries(resources).filter(([, { Type }]) => Type === type);
  return Object.fromEntries(
    ofType.map(([id, resource]) => {
      const name = names[id] ?? id;
      return [name, map(resource, name)];
    }),
  );
}

/** Something of each of what AWS answered, by a field that names it. */
export function byName(list: readonly Json[], name: string, map: (answer: Json) => unknown): Json {
  return Object.fromEntries(list.map((answer) => [answer[name], map(answer)]));
}

/** Those of an object's fields that it has. */
export function chosen(from: Json, fields: readonly string[]): Json {
  return Object.fromEntries(fields.filter((name) => name in from).map((name) => [name, from[name]]));
}
