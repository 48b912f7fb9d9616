import { type Html, html, inline, prose } from './html.ts';
import { renderField, renderSchema } from './render-schema.ts';
import type { Schema } from './schema.ts';

/** What of OpenAPI's operations the document uses. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly unknown[];
  readonly 'x-gimletd-action'?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Contents };
  readonly responses: Readonly<Record<string, Response>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export type Contents = Readonly<Record<string, { readonly schema: Schema }>>;

export interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, { readonly schema?: Schema; readonly description?: string }>>;
  readonly content?: Contents;
}

export interface ListedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function renderOperation(
  { method, path, operation }: ListedOperation,
  responses: Readonly<Record<string, Response>>,
): Html {
  const { operationId, summary, description, parameters = [], requestBody } = operation;
  return html`<section id="${operationId}">
<h3>${summary}</h3>
<p><code><span class="method">${method}</span> ${path}</code></p>
<p class="dim">${access(operation)}</p>
${description && prose(description)}
<pre>${curl(method, path, operation)}</pre>
${parameters.length > 0 && html`<h4>Parameters</h4><ul class="fields">${parameters.map(renderParameter)}</ul>`}
${requestBody && html`<h4>Body</h4>${requestBody.required !== true && html`<p class="dim">Or the same as a query.</p>`}${renderContents(requestBody.content)}`}
<h4>Answers</h4>
<ul class="fields">${Object.entries(operation.responses).map(([status, response]) => renderResponse(status, response, responses))}</ul>
</section>`;
}

function access({ security, 'x-gimletd-action': action }: Operation): Html {
  return security ? html`Open: needs no token.` : html`Needs a token that is granted <code>${action}</code>.`;
}

function curl(method: string, path: string, { security, requestBody }: Operation): string {
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`}`,
    ...(security ? [] : ['-H "Authorization: Bearer $GIMLET_TOKEN"']),
    ...(requestBody ? ['--json @body.json'] : []),
    `"$GIMLET_SERVER${path}"`,
  ].join(' ');
}

function renderParameter(parameter: Parameter): Html {
  const { name, in: where, required = false, schema, description = schema.description } = parameter;
  return renderField(
    where === 'header' ? `${name}:` : name,
    { ...schema, ...(description !== undefined && { description }) },
    required,
  );
}

function renderResponse(status: string, response: Response, named: Readonly<Record<string, Response>>): Html {
  const name = response.$ref?.split('/').at(-1) ?? '';
  const { description = '', headers = {}, content = {} } = named[name] ?? response;
  const own = Object.entries(headers).flatMap(([header, { schema = {} }]) =>
    header === 'x-request-id' ? [] : [renderField(`${header}:`, schema, false)],
  );
  const head = html`<code>${status}</code> ${inline(description)}`;
  if (name !== '' && own.length === 0) return html`<li>${head}</li>`;
  return html`<li>${head}${own.length > 0 && html`<ul class="fields">${own}</ul>`}${name === '' && renderContents(content)}</li>`;
}

function renderContents(contents: Contents): Html {
  return html`${Object.entries(contents).map(
    ([type, { schema }]) =>
      html`<div>${type !== 'application/json' && html`<code>${type}</code> `}${renderSchema(schema)}</div>`,
  )}`;
}
