export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are untyped JSON.
  readonly Properties: any;
}
/** By logical id. */
export type Resources = Readonly<Record<string, Resource>>;

/** Whether a resource refers to one of some others, or waits for it. */
export function mentions(resource: Resource, ids: readonly string[]): boolean {
  const text = JSON.stringify(resource);
  return ids.some((id) => text.includes(`"${id}"`) || text.includes(`\${${id}}`));
}

/** Those of some resources that are wanted. */
export function pick(resources: Resources, isWanted: (resource: Resource) => boolean): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([, resource]) => isWanted(resource)));
}

/** Those of some resources that are not among others. */
export function except(resources: Resources, others: Readonly<Record<string, unknown>>): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([id]) => !(id in others)));
}
