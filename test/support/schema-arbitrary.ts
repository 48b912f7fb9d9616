import fc from 'fast-check';

/** A JSON Schema, as far as the OpenAPI document uses it for what is sent. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface SchemaWorld {
  /** The schema that a `$ref` leads to. */
  readonly resolve: (ref: string) => Schema;
  /** Texts that mean something under a name: ids of what exists, environments, apps. */
  readonly known: (name: string) => readonly string[];
}

const MOST_ITEMS = 3;
const MOST_CHARACTERS = 40;

/** Values as a schema describes them; `name` is the property or parameter that they are for. */
export function schemaArbitrary(schema: Schema, world: SchemaWorld, name = ''): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return schemaArbitrary(world.resolve(schema.$ref), world, name);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => schemaArbitrary(choice, world, name)));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['any']);
  return fc.oneof(...types.map((type) => ofType(type, schema, world, name)));
}

function ofType(type: string, schema: Schema, world: SchemaWorld, name: string): fc.Arbitrary<unknown> {
  const {
    minimum = -1_000_000,
    maximum = 1_000_000,
    items = {},
    minItems = 0,
    maxItems = MOST_ITEMS,
  } = schema;
  switch (type) {
    case 'string':
      return textArbitrary(schema, world.known(name));
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(schemaArbitrary(items, world, name), {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(maxItems, MOST_ITEMS)),
      });
    case 'object':
      return objectArbitrary(schema, world);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectArbitrary(
  { properties = {}, required = [], additionalProperties, propertyNames }: Schema,
  world: SchemaWorld,
): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(
    ([name, property]) => [name, schemaArbitrary(property, world, name)] as const,
  );
  const known = fc.record(Object.fromEntries(fields), { requiredKeys: [...required] });
  if (typeof additionalProperties !== 'object') return known;
  const more = fc.dictionary(
    textArbitrary(propertyNames ?? {}, []),
    schemaArbitrary(additionalProperties, world),
    { maxKeys: MOST_ITEMS },
  );
  return fc.tuple(more, known).map(([others, named]) => ({ ...others, ...named }));
}

function textArbitrary(schema: Schema, known: readonly string[]): fc.Arbitrary<string> {
  const formed = formedText(schema);
  return known.length === 0
    ? formed
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: formed });
}

function formedText(schema: Schema): fc.Arbitrary<string> {
  const { format, pattern, minLength = 0, maxLength = MOST_CHARACTERS } = schema;
  if (format === 'date-time') return TIMES;
  // Hosts that nobody has: what is stored may be called.
  if (format === 'hostname') return WORD.map((word) => `${word}.example`);
  if (format === 'uri') return WORDS.map((words) => `https://host.example/${words}`);
  if (pattern !== undefined) return WORDS.filter((text) => new RegExp(pattern, 'u').test(text));
  const most = Math.min(maxLength, MOST_CHARACTERS);
  return fc.oneof(WORDS, fc.string({ unit: 'grapheme', minLength, maxLength: most }));
}

const TIMES = fc
  .date({ noInvalidDate: true, min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z') })
  .map((date) => date.toISOString());

/** Some of them fit each pattern of the document. */
const WORD = fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/);
const WORDS = fc.oneof(
  WORD,
  fc.tuple(WORD, WORD).map((words) => words.join('/')),
  fc.tuple(fc.nat(40), fc.nat(40)).map((numbers) => numbers.join('.')),
);
