/** A reference of a template: an object whose one field is `Ref` or a function of CloudFormation. */
export type Reference = Readonly<Record<string, unknown>>;

/** A value with each reference in it replaced by what `map` gives, the innermost first. */
export function mapReferences(value: unknown, map: (reference: Reference) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => mapReferences(each, map));
  const mapped = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, mapReferences(each, map)]),
  );
  return isReference(mapped) ? map(mapped) : mapped;
}

/** What a value refers to, as texts; a join is of others, and none of its own. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  mapReferences(value, (reference) => {
    if (!('Fn::Join' in reference)) found.add(JSON.stringify(reference));
    return reference;
  });
  return found;
}

/**
 * A value with the references that are known replaced, and what is joined of nothing else joined; others are kept.
 * @param known what a reference came to, if that is known
 */
export function substitute<T>(value: T, known: (reference: Reference) => unknown): T {
  return mapReferences(value, (reference) => {
    const [separator, parts] = (reference['Fn::Join'] ?? []) as [string?, unknown[]?];
    if (parts?.every((part) => typeof part === 'string')) return parts.join(separator);
    return known(reference) ?? reference;
  }) as T;
}

function isReference(value: object): value is Reference {
  const [key = '', ...more] = Object.keys(value);
  return more.length === 0 && (key === 'Ref' || key.startsWith('Fn::'));
}
