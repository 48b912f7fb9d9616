import type {
  ListedOperation,
  Operation,
  Parameter,
  Response,
} from '../../functions/docs/page/render-operation.ts';
import { listOperations } from '../../functions/docs/page/render-page.ts';
import type { Schema } from '../../functions/docs/page/schema.ts';
import type { OpenApiDocument } from '../../shared/contract/openapi/document.ts';
import { code, link, MADE_BY_SCRIPT, page, table } from './markdown.ts';
import { fieldLines, fieldsOf, schemaHeading, schemaText } from './schema-fields.ts';

/** docs/api.md: the HTTP API, grouped as its OpenAPI document groups it. */
export function apiPage(document: OpenApiDocument): string {
  const { info, tags = [], components } = document;
  const operations = listOperations(document);
  const responses = Object.entries(components?.responses as Readonly<Record<string, Response>>);
  const schemas = Object.entries(components?.schemas as Readonly<Record<string, Schema>>);
  const groups = tags.map(({ name, description = '' }) => ({
    name,
    description,
    members: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  return page(
    MADE_BY_SCRIPT,
    '# The HTTP API',
    INTRO,
    info.description,
    table(
      ['', '', ''],
      groups.flatMap(({ name, members }) =>
        members.map((member, at) => [
          at === 0 ? link(name) : '',
          link(headingOf(member)),
          member.operation.summary,
        ]),
      ),
    ),
    ...groups.flatMap(({ name, description, members }) => [
      `## ${name}`,
      description,
      ...members.flatMap((member) => operationParts(member)),
    ]),
    '## Errors',
    responses.map(([name, response]) => `- **${name}**: ${response.description ?? ''}`).join('\n'),
    '## Schemas',
    ...schemas.flatMap(([name, schema]) => [
      `### ${schemaHeading(name)}`,
      schema.description,
      fieldsOf(schema).join('\n'),
    ]),
  );
}

const INTRO = `The same is served where it runs: \`/docs\` for people, \`/openapi.json\` (OpenAPI 3.1) for machines.

\`\`\`sh
curl -H "Authorization: Bearer $GIMLET_TOKEN" "$GIMLET_SERVER/api/status?env=staging"
curl -H "Authorization: Bearer $GIMLET_TOKEN" --json @artifact.json "$GIMLET_SERVER/api/artifact"
\`\`\``;

function headingOf({ method, path }: ListedOperation): string {
  return `${method} ${path}`;
}

function operationParts(listed: ListedOperation): (string | false | undefined)[] {
  const { operation } = listed;
  const { summary, description, parameters = [], requestBody } = operation;
  return [
    `### ${headingOf(listed)}`,
    `${summary}. ${accessOf(operation)}.`,
    description,
    parameters.length > 0 && `Parameters:\n\n${parameters.flatMap(parameterLines).join('\n')}`,
    requestBody && bodyText(requestBody),
    `Answers:\n\n${answerLines(operation.responses).join('\n')}`,
  ];
}

function accessOf({ security, 'x-gimletd-action': action = '' }: Operation): string {
  return security ? 'Needs no token' : `Needs ${code(action)}`;
}

function parameterLines({ name, in: where, required = false, schema, description }: Parameter): string[] {
  const told = description ?? schema.description;
  const label = where === 'header' ? `${name}:` : name;
  return fieldLines(label, { ...schema, ...(told !== undefined && { description: told }) }, required);
}

function bodyText({ required, content }: NonNullable<Operation['requestBody']>): string {
  const kinds = Object.values(content).map(({ schema }) =>
    [
      `Body${required === true ? '' : ', or the same as a query'}: ${schemaText(schema)}`,
      fieldsOf(schema).join('\n'),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
  return kinds.join('\n\n');
}

/** What it does when all is well, each in full; then the errors in one line. */
function answerLines(answers: Operation['responses']): string[] {
  const all = Object.entries(answers);
  const errors = all.filter(([, { $ref }]) => $ref !== undefined).map(([status]) => status);
  const own = all
    .filter(([, { $ref }]) => $ref === undefined)
    .flatMap(([status, answer]) => ownAnswer(status, answer));
  return errors.length === 0 ? own : [...own, `- ${errors.join(', ')}: see [errors](#errors)`];
}

function ownAnswer(status: string, { description = '', headers = {}, content = {} }: Response): string[] {
  const schemas = Object.entries(content).map(([type, { schema }]) => ({
    schema,
    text: `${type === 'application/json' ? '' : `${code(type)} `}${schemaText(schema)}`,
  }));
  const told = schemas.map(({ text }) => text).filter((text) => text !== '');
  const ownHeaders = Object.entries(headers).filter(([header]) => header !== 'x-request-id');
  return [
    `- ${status} ${description}${told.length > 0 ? `: ${told.join(' or ')}` : ''}`,
    ...ownHeaders.flatMap(([header, { schema = {} }]) => fieldLines(`${header}:`, schema, false, 1)),
    ...schemas.flatMap(({ schema }) => fieldsOf(schema, 1)),
  ];
}
