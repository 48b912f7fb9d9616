import { InvalidInputError, TooLargeError } from '../errors/errors.ts';
import { formatPath } from '../errors/field-errors.ts';

export interface JsonLimits {
  /** Of the text in UTF-8. */
  readonly bytes: number;
  /** Levels of objects and arrays. */
  readonly depth: number;
}

/** Keys that would reach into an object's prototype somewhere down the line. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Parses JSON from a stranger: bounded before it is parsed, and walked without recursion.
 * @throws TooLargeError `body-too-large`; InvalidInputError `malformed-json`, `too-deep`, `forbidden-key`,
 * `broken-text`.
 */
export function parseJson(text: string, limits: JsonLimits): unknown {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.bytes) {
    throw new TooLargeError('body-too-large', `The body is ${bytes} bytes; the limit is ${limits.bytes}.`, [
      { path: '', message: `must be at most ${limits.bytes} bytes` },
    ]);
  }
  const value = parse(text);
  checkTree(value, limits.depth);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError('malformed-json', `The body is not JSON: ${reason}`, [
      { path: '', message: 'must be a JSON document' },
    ]);
  }
}

interface Place {
  readonly value: object;
  readonly depth: number;
  readonly key: PropertyKey;
  readonly parent: Place | undefined;
}

function checkTree(root: unknown, maxDepth: number): void {
  const open: Place[] = [];
  const visit = (value: unknown, key: PropertyKey, parent: Place | undefined): void => {
    // Half of a surrogate pair can be written in JSON, but it is no text: the table takes none of it.
    if (typeof value === 'string' && !value.isWellFormed()) {
      throw invalidAt({ value: [], key, depth: 0, parent }, 'broken-text', BROKEN);
    }
    if (typeof value === 'object' && value !== null) {
      open.push({ value, key, depth: (parent?.depth ?? 0) + 1, parent });
    }
  };
  visit(root, '', undefined);
  for (let place = open.pop(); place; place = open.pop()) {
    if (place.depth > maxDepth) {
      throw invalidAt(place, 'too-deep', `is nested deeper than ${maxDepth} levels`);
    }
    const isArray = Array.isArray(place.value);
    for (const [key, value] of Object.entries(place.value)) {
      if (!isArray && FORBIDDEN_KEYS.has(key)) {
        throw invalidAt(place, 'forbidden-key', `holds the key '${key}', which is not allowed`);
      }
      if (!key.isWellFormed()) throw invalidAt(place, 'broken-text', BROKEN);
      visit(value, isArray ? Number(key) : key, place);
    }
  }
}

const BROKEN = 'holds half of a surrogate pair, such as \\ud800, which is no text';

function invalidAt(place: Place, code: string, message: string): InvalidInputError {
  const path: PropertyKey[] = [];
  for (let at: Place | undefined = place; at?.parent; at = at.parent) path.unshift(at.key);
  const shown = formatPath(path.slice(0, 8)) + (path.length > 8 ? '…' : '');
  return new InvalidInputError(code, `The document ${shown && `at ${shown} `}${message}.`, [
    { path: shown, message },
  ]);
}
