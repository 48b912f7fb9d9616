import type { OpenApiDocument } from '../../../shared/contract/openapi/document.ts';
import { Html, html, inline, prose } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type ListedOperation, type Operation, type Response, renderOperation } from './render-operation.ts';
import { renderSchema, schemaAnchor } from './render-schema.ts';
import type { Schema } from './schema.ts';

/** The API's reference as one page of HTML: it needs no script, no font and no other server. */
export function renderPage(document: OpenApiDocument): string {
  const { info, tags = [], components } = document;
  const operations = listOperations(document);
  const responses = components?.responses as Readonly<Record<string, Response>>;
  const schemas = Object.entries(components?.schemas as Readonly<Record<string, Schema>>);
  const groups = tags.map(({ name, description = '' }) => ({
    name,
    description,
    members: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${info.title} API</title>
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<nav>
<p><strong>${info.title} API</strong> <span class="dim">${info.version}</span><br><a href="openapi.json">openapi.json</a></p>
${groups.map(({ name, members }) => html`<strong>${name}</strong><ul>${members.map(navItem)}</ul>`)}
<strong>Schemas</strong><ul>${schemas.map(([name]) => html`<li><a href="#${schemaAnchor(name)}">${name}</a></li>`)}</ul>
</nav>
<main>
<h1>${info.title} API</h1>
${prose(info.description ?? '')}
${groups.map(
  ({ name, description, members }) =>
    html`<h2>${name}</h2><p>${inline(description)}</p>${members.map((member) => renderOperation(member, responses))}`,
)}
<h2>Schemas</h2>
${schemas.map(([name, schema]) => html`<section id="${schemaAnchor(name)}"><h3>${name}</h3>${renderSchema(schema)}</section>`)}
</main>
</body>
</html>
`.text;
}

/** All operations of a document, in its order. */
export function listOperations({ paths = {} }: OpenApiDocument): ListedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    })),
  );
}

function navItem({ operation: { operationId, summary } }: ListedOperation): Html {
  return html`<li><a href="#${operationId}">${summary}</a></li>`;
}
