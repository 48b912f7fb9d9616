import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import packageJson from '../../package.json' with { type: 'json' };
import { openApiDocument } from '../../shared/contract/openapi/document.ts';
import { ROUTES } from '../../shared/contract/routes.ts';

/** An answer of the API, and what was asked. */
export interface Answered {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Documented {
  readonly pointer: string;
  readonly matches: RegExp;
  readonly operation: Operation;
}

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

const document = closed(JSON.parse(JSON.stringify(openApiDocument(packageJson.version)))) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'api');
const validators = new Map<string, ValidateFunction>();

/** The precise path first. */
const DOCUMENTED = Object.entries(document.paths)
  .flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      pointer: `/paths/${escaped(path)}/${method}`,
      matches: new RegExp(`^${path.replaceAll('.', '\\.').replace('{id}', idPattern(path))}$`, 's'),
      operation,
    })),
  )
  .sort(
    (a, b) => Number(a.path.includes('{')) - Number(b.path.includes('{')) || b.path.length - a.path.length,
  );

/** Where the routes say `{id+}` an id may hold slashes; the document has one way to write both. */
function idPattern(path: string): string {
  return ROUTES.some((route) => route.path === path) ? '[^/]+' : '.+';
}

/** What of an answer is not as the OpenAPI document says, a sentence each; none when all is well. */
export function answerProblems(answered: Answered): string[] {
  const { method, target, status, headers, text } = answered;
  const path = pathOf(target);
  if (path === undefined) return problemsOfBody('/components/responses/BadRequest', answered);
  const known = documentedOperation(method, path);
  if (!known)
    return status === 404
      ? problemsOfBody('/components/responses/NotFound', answered)
      : [`${method} ${path} is not documented`];
  const response = known.operation.responses[status];
  if (!response) return [`the status ${status} is not documented`];
  const pointer = response.$ref?.slice(1) ?? `${known.pointer}/responses/${status}`;
  const { headers: wanted = {}, content } = resolved(response);
  return [
    ...Object.entries(wanted)
      .filter(([name, { required }]) => required && !headers.has(name))
      .map(([name]) => `the header ${name} is missing`),
    ...(content
      ? problemsOfBody(pointer, answered)
      : text === ''
        ? []
        : ['it has a body, and none is documented']),
  ];
}

/** What was answered well was understood: a parameter that is not documented was not. A sentence each. */
export function unknownParameters({ method, target, status }: Answered): string[] {
  const { parameters = [] } = documentedOperation(method, pathOf(target) ?? '')?.operation ?? {};
  const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const [, query = ''] = target.split('?');
  return [...new Set(new URLSearchParams(query).keys())]
    .filter((name) => status < 300 && !known.includes(name))
    .map((name) => `the parameter ${name} is not documented`);
}

/** Decoded; undefined when it can't be: the gateway refuses it then. */
function pathOf(target: string): string | undefined {
  try {
    return decodeURIComponent(target.split('?', 1)[0] ?? '');
  } catch {
    return undefined;
  }
}

function documentedOperation(method: string, path: string): Documented | undefined {
  return DOCUMENTED.find((known) => known.method === method && known.matches.test(path));
}

function resolved(response: Response): Response {
  const name = response.$ref?.split('/').at(-1);
  return name === undefined ? response : (document.components.responses[name] ?? {});
}

function problemsOfBody(pointer: string, { headers, text }: Answered): string[] {
  const type = headers.get('content-type') ?? 'none';
  const contents = at(pointer) as Response;
  if (!Object.hasOwn(contents.content ?? {}, type)) return [`the content type ${type} is not documented`];
  const validate = validator(`${pointer}/content/${escaped(type)}/schema`);
  const body: unknown = type.includes('json') ? JSON.parse(text) : text;
  if (validate(body)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}`,
  );
}

function validator(pointer: string): ValidateFunction {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `api#${encodeURI(pointer)}` });
  validators.set(pointer, known);
  return known;
}

function at(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document);
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Fields that are let through for newer servers' sake are not let through here: what is answered is documented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = 'properties' in schema && 'additionalProperties' in schema;
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
