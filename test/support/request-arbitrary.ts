import fc from 'fast-check';
import packageJson from '../../package.json' with { type: 'json' };
import { openApiDocument } from '../../shared/contract/openapi/document.ts';
import { type Schema, type SchemaWorld, schemaArbitrary } from './schema-arbitrary.ts';

/** What is sent, as it goes over the wire. */
export interface SentRequest {
  readonly method: string;
  /** Path and query, percent-encoded; not always rightly. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

const document = JSON.parse(JSON.stringify(openApiDocument(packageJson.version))) as {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, Omit<DocumentedOperation, 'method' | 'path'>>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

/** Every operation of the OpenAPI document. */
export const DOCUMENTED_OPERATIONS: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
);

/**
 * Requests of an operation: as it takes them, nearly so, and wild. `known` are texts that mean something under the
 * name of a property, a parameter, or, for the id in a path, under the path.
 */
export function requestArbitrary(
  operation: DocumentedOperation,
  known: SchemaWorld['known'],
): fc.Arbitrary<SentRequest> {
  const resolve = (ref: string) => document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {};
  const world = { resolve, known };
  const { method, path, parameters = [], requestBody } = operation;
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const headers = parameters.filter((parameter) => parameter.in === 'header');
  return fc
    .record({
      target: fc
        .tuple(pathArbitrary(path, known(path)), queryArbitrary(query, world))
        .map((parts) => parts.join('')),
      headers: headersArbitrary(headers),
      body: bodyArbitrary(requestBody?.content['application/json']?.schema, world),
    })
    .filter(({ target }) => target.length < LONGEST_TARGET)
    .map((sent) => ({ method, ...sent }));
}

/** API Gateway takes 10,240 bytes of request line and headers; what is over that never comes to us. */
const LONGEST_TARGET = 6_000;

const often = <T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: unusual });

/** Texts that nobody expects. */
const WILD_TEXT = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\n',
    '*',
    '-1',
    '1e999',
    'NaN',
    '__proto__',
    'constructor',
    '../..',
    '#',
    '%2F',
    '"',
  ),
  fc.constantFrom('x'.repeat(1_100), 'x'.repeat(2_100), 'é'.repeat(600), '/'.repeat(300), '🚀'.repeat(257)),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

/** As it goes into a JSON body, where a half of a surrogate pair can be written, too. */
const WILD_VALUE: fc.Arbitrary<unknown> = fc.oneof(
  WILD_TEXT,
  fc.constantFrom('\ud800', null, true, 0, -1, 1.5, 1e21, -1e308, 2 ** 53, [], {}, [[]], [null], { a: {} }),
  fc.jsonValue({ maxDepth: 3 }),
);

function pathArbitrary(path: string, ids: readonly string[]): fc.Arbitrary<string> {
  const [before = '', after = ''] = path.split('{id}');
  if (!path.includes('{id}')) return fc.constant(path);
  const broken = fc.constantFrom('%', '%zz', '%C0%AF', '%ff', '?', '//');
  const id = often(fc.constantFrom('none', ...ids).map(encodeURIComponent), fc.oneof(wildEncoded(), broken));
  return id.map((text) => before + text + after);
}

/** Percent-encoded; what has no encoding is replaced first. */
function wildEncoded(): fc.Arbitrary<string> {
  return WILD_TEXT.map((text) => encodeURIComponent(text.toWellFormed()));
}

/** Each parameter once, not at all, or several times; and some that nobody has heard of. */
function queryArbitrary(parameters: readonly Parameter[], world: SchemaWorld): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, required, schema }) => {
    const usual = schemaArbitrary(schema, world, name).map((value) => [value].flat().map(String));
    const unusual = fc.array(fc.oneof(WILD_TEXT, usual.map(String)), { maxLength: 3 });
    const present = often(usual, unusual).map((values) => values.map((value): Pair => [name, value]));
    return required ? present : fc.oneof(fc.constant<Pair[]>([]), present);
  });
  const stray = often(fc.constant<Pair[]>([]), fc.array(fc.tuple(WILD_TEXT, WILD_TEXT), { maxLength: 2 }));
  return fc.tuple(...pairs, stray).map((found) => {
    const query = new URLSearchParams(found.flat());
    return query.size === 0 ? '' : `?${query}`;
  });
}

type Pair = [name: string, value: string];

/** What may be in a header at all: bytes of Latin-1 without controls. */
const HEADER_TEXT = fc.oneof(
  fc.constantFrom('*', '"1"', '"0"', '1', 'W/"1"', '"999999999999"', '"x", "y"', '', '""', 'a'.repeat(1_100)),
  fc.string({ maxLength: 30 }).map((text) => text.trim()),
  fc.constantFrom('é', '\xff\xfe', '{}'),
);

const CONTENT_TYPES = [
  ...[
    'application/json',
    'application/json; charset=utf-8',
    'application/json; charset=utf-16',
    'text/plain',
  ],
  ...['application/x-www-form-urlencoded', 'multipart/form-data', 'image/png', 'nonsense', ''],
];

function headersArbitrary(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const own = Object.fromEntries(parameters.map(({ name }) => [name, HEADER_TEXT]));
  return fc.record(
    {
      ...own,
      'x-correlation-id': HEADER_TEXT,
      'content-type': often(fc.constant('application/json'), fc.constantFrom(...CONTENT_TYPES)),
      'content-encoding': often(fc.constant('identity'), fc.constantFrom('gzip', 'br', '')),
      accept: fc.constantFrom('*/*', 'text/html', 'nonsense'),
      cookie: HEADER_TEXT,
    },
    { requiredKeys: ['content-type'] },
  );
}

/** A body: as the schema has it, with something in it changed, not JSON at all, or none. */
function bodyArbitrary(schema: Schema | undefined, world: SchemaWorld): fc.Arbitrary<string> {
  const wild = fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      '{',
      'null',
      '[]',
      '""',
      '0',
      '{"a":1,"a":2}',
      '\ufeff{}',
      'env=staging&app=shop',
    ),
    fc.constantFrom('['.repeat(5_000), '{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{}}}'),
    WILD_VALUE.map((value) => JSON.stringify(value)),
    WILD_TEXT,
  );
  if (schema === undefined) return often(fc.constant(''), wild);
  const valid = schemaArbitrary(schema, world);
  const nearly = fc
    .tuple(valid, fc.nat(), often(WILD_VALUE, fc.constant(undefined)))
    .map(([value, place, wild]) => JSON.stringify(changed(value, place, wild)));
  const cut = fc.tuple(valid, fc.nat()).map(([value, place]) => {
    const text = JSON.stringify(value);
    return text.slice(0, place % text.length);
  });
  return fc.oneof(
    { weight: 4, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: nearly.map((text) => text ?? '') },
    { weight: 1, arbitrary: cut },
    { weight: 1, arbitrary: wild },
  );
}

/** A value with something else at one of its places; `undefined` takes away what is there. */
function changed(value: unknown, place: number, other: unknown): unknown {
  const paths = pathsOf(value);
  return replaced(value, paths[place % paths.length] ?? [], other);
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, one]) => pathsOf(one).map((path) => [key, ...path]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const inner = replaced((value as Record<string, unknown>)[key], rest, other);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as object), [key]: inner };
}
