import { chartRefused } from './chart-refused.ts';

/** These are built into helm. */
const META_SCHEMA = /^https?:\/\/json-schema\.org\/(?:draft-0[467]|draft\/20(?:19-09|20-12))\/schema#?$/;
const REFERENCES: ReadonlySet<string> = new Set(['$ref', '$schema', '$dynamicRef', '$recursiveRef']);
const MAX_DEPTH = 200;

/**
 * helm fetches, and reads from the disk, what a `values.schema.json` refers to: only what is in the schema itself
 * may be.
 * @throws UnprocessableError `chart-refused`
 */
export function checkValuesSchema(json: string, path: string): void {
  visit(parse(json, path), path, 0);
}

function visit(value: unknown, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw chartRefused(`${path} nests more than ${MAX_DEPTH} deep`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    if (REFERENCES.has(key) && typeof field === 'string' && !isLocal(field))
      throw chartRefused(
        `${path} refers to '${field.slice(0, 200)}': put what it refers to into the schema itself`,
      );
    visit(field, path, depth + 1);
  }
}

function isLocal(reference: string): boolean {
  return reference.startsWith('#') || META_SCHEMA.test(reference);
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw chartRefused(`${path} is not JSON`);
  }
}
