import { isMap, limitsOf, type Schema, variantsOf } from '../../functions/docs/page/schema.ts';
import { code, link } from './markdown.ts';

/** Where a schema that the document names is shown; groups of routes have some of the same names. */
export function schemaHeading(name: string): string {
  return `Schema ${name}`;
}

/** A schema in words; those that the document names are links. */
export function schemaText(schema: Schema): string {
  const { $ref, items, additionalProperties, type, format } = schema;
  const name = $ref?.split('/').at(-1);
  if (name !== undefined) return link(schemaHeading(name), name);
  const variants = variantsOf(schema);
  if (variants.length > 0) return [...new Set(variants.map(schemaText))].join(' or ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(' \\| ');
  if (items) return `list of ${schemaText(items)}`;
  if (isMap(schema)) return `map of ${schemaText(additionalProperties as Schema)}`;
  if (type === undefined) return 'anything';
  return [type].flat().join(' or ') + (format === undefined ? '' : ` (${format})`);
}

/** A named part and what is in it, as lines of a list. */
export function fieldLines(name: string, schema: Schema, required: boolean, depth = 0): string[] {
  const limits = limitsOf(schema).map((limit) => (/[\\^$*_[<|]/.test(limit) ? code(limit) : limit));
  const said = [
    `${'  '.repeat(depth)}- ${code(name)} ${schemaText(schema)}`,
    required && ', **required**',
    limits.length > 0 && ` (${limits.join(', ')})`,
    schema.description && ` – ${schema.description.replaceAll('\n', ' ')}`,
  ];
  return [said.filter(Boolean).join(''), ...fieldsOf(schema, depth + 1)];
}

/** The fields of an object, of what a list or a map holds, or of each variant. */
export function fieldsOf(schema: Schema, depth = 0): string[] {
  const { properties, required = [], items, additionalProperties } = schema;
  if (properties) {
    return Object.entries(properties).flatMap(([name, field]) =>
      fieldLines(name, field, required.includes(name), depth),
    );
  }
  if (items) return fieldsOf(items, depth);
  if (isMap(schema)) return fieldsOf(additionalProperties as Schema, depth);
  return variantsOf(schema)
    .map((variant) => fieldsOf(variant, depth))
    .filter((lines) => lines.length > 0)
    .flatMap((lines, at) => (at === 0 ? lines : [`${'  '.repeat(depth)}- or`, ...lines]));
}
