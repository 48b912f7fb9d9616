import { type Html, html, inline } from './html.ts';
import { isMap, limitsOf, type Schema, variantsOf } from './schema.ts';

/** A schema in words, with its fields below it. */
export function renderSchema(schema: Schema): Html {
  return html`${typeText(schema)}${notes(schema)}${fieldsOf(schema)}`;
}

/** A named part: a field, a parameter, a header. */
export function renderField(name: string, schema: Schema, required: boolean): Html {
  const head = html`<code>${name}</code> ${typeText(schema)}${required && html` <strong>required</strong>`}`;
  const below = fieldsOf(schema);
  const about = html`${notes(schema)}${schema.description && html` – ${inline(schema.description)}`}`;
  return below
    ? html`<li><details><summary>${head}${about}</summary>${below}</details></li>`
    : html`<li>${head}${about}</li>`;
}

/** Where a schema that the document names is shown. */
export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

function typeText(schema: Schema): Html {
  const { $ref, items, additionalProperties, type, format } = schema;
  const name = $ref?.split('/').at(-1);
  if (name !== undefined) return html`<a href="#${schemaAnchor(name)}">${name}</a>`;
  const variants = variantsOf(schema);
  if (variants.length > 0) {
    return html`${variants.map((variant, at) => html`${at > 0 && ' or '}${typeText(variant)}`)}`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) {
    return html`${schema.enum.map((value, at) => html`${at > 0 && ' | '}<code>${JSON.stringify(value)}</code>`)}`;
  }
  if (items) return html`list of ${typeText(items)}`;
  if (isMap(schema)) return html`map of ${typeText(additionalProperties as Schema)}`;
  if (type === undefined) return html`<span class="dim">anything</span>`;
  return html`<span class="dim">${[type].flat().join(' or ')}${format && ` (${format})`}</span>`;
}

/** Limits and the default. */
function notes(schema: Schema): Html {
  const said = limitsOf(schema);
  return html`${said.length > 0 && html` <span class="dim">(${said.join(', ')})</span>`}`;
}

/** The fields of an object, of what a list or a map holds, or of each variant; undefined where there are none. */
function fieldsOf(schema: Schema): Html | undefined {
  const { properties, required = [], items, additionalProperties } = schema;
  if (properties) {
    const fields = Object.entries(properties);
    return html`<ul class="fields">${fields.map(([name, field]) => renderField(name, field, required.includes(name)))}</ul>`;
  }
  if (items) return fieldsOf(items);
  if (isMap(schema)) return fieldsOf(additionalProperties as Schema);
  const below = variantsOf(schema).flatMap((variant) => fieldsOf(variant) ?? []);
  return below.length === 0
    ? undefined
    : html`${below.map((fields, at) => html`${at > 0 && html`<p class="dim">or</p>`}${fields}`)}`;
}
