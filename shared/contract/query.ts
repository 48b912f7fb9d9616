import * as z from 'zod';
import { InvalidInputError } from '../errors/errors.ts';
import { fieldErrors } from '../errors/field-errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';

const MAX_LIMIT = 100;
const MAX_OFFSET = 1_000;

export const time = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 date and time, e.g. 2026-01-31T12:00:00Z' })
  .transform((text) => Date.parse(text));

const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((text) => text === 'true');

const pageLimit = z.coerce
  .number()
  .int()
  .min(-1)
  .max(MAX_LIMIT, `must be at most ${MAX_LIMIT} (-1 asks for the most); page on with the Link header`);

/** `limit` (-1 = the most), `offset` for older clients, `cursor` as the Link header gave it. */
export const page = {
  limit: pageLimit.default(10).transform((limit) => (limit === -1 ? MAX_LIMIT : limit)),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(MAX_OFFSET, `must be at most ${MAX_OFFSET}: page on with the cursor of the Link header`)
    .default(0),
  cursor: z.string().max(2_000).optional(),
};

/** Of lists that are short as a rule: all of it, unless less is asked for or one answer can't hold it. */
export const wholeList = {
  limit: pageLimit
    .transform((limit) => (limit === -1 ? undefined : limit))
    .optional()
    .describe('All of them, unless they come to over 4 MiB'),
  cursor: page.cursor,
};

/** GET /api/holds, /api/tokens, /api/users, /api/trust. */
export const wholeListQuery = z.object(wholeList);
export type WholeListQuery = z.output<typeof wholeListQuery>;

const team = z.string().optional().describe('Only of apps that this team owns');

/** POST /api/artifact: with `check=true` its manifests are rendered before it is accepted. */
export const pushQuery = z.object({
  check: flag.default(false).describe('Render its manifests before it is accepted'),
});

/** GET /api/artifacts. */
export const artifactsQuery = z.object({
  ...page,
  since: time.optional(),
  until: time.optional(),
  app: z.string().optional(),
  team,
  repository: z.string().optional(),
  branch: z.string().optional(),
  sourceBranch: z.string().optional(),
  tag: z.string().optional(),
  event: z.enum(['push', 'tag', 'pr']).optional(),
  sha: z.array(z.string()).max(50).optional(),
  view: z.enum(['full', 'summary']).default('full'),
});

/** GET /api/releases. */
export const releasesQuery = z.object({
  ...page,
  env: z.string({ error: 'is required: the environment whose releases you want' }).min(1),
  app: z.string().optional(),
  team,
  'git-repo': z.string().optional().describe('The source repository, as artifacts name it'),
  since: time.optional(),
  until: time.optional(),
  reverse: flag.default(false).describe('Oldest first'),
});

/** GET /api/approvals. */
export const approvalsQuery = z.object({
  ...page,
  env: z.string().optional(),
  app: z.string().optional(),
  team,
});

const ofEnvironment = {
  env: z.string({ error: 'is required: the environment whose apps you want' }).min(1),
  app: z.string().optional(),
};
/** GET /api/drift. */
export const driftQuery = z.object({ ...ofEnvironment, ...wholeList });

/** GET /api/status. */
export const statusQuery = z.object({ ...ofEnvironment, team, cursor: page.cursor });

/**
 * Reads a query string; names in `repeatable` become lists. Unknown names are ignored, empty values are absent.
 * @throws InvalidInputError `bad-query` naming each parameter that is wrong.
 */
export function parseQuery<S extends z.ZodObject>(
  schema: S,
  query: URLSearchParams,
  repeatable: readonly string[] = [],
): z.output<S> {
  const given = [...new Set(query.keys())].flatMap((name) => {
    const values = query.getAll(name).filter((value) => value !== '');
    if (values.length === 0) return [];
    return [[name, repeatable.includes(name) ? values : values.at(-1)] as const];
  });
  const parsed = schema.safeParse(Object.fromEntries(given));
  const errors = parsed.success ? backwards(parsed.data) : fieldErrors(parsed.error);
  if (parsed.success && errors.length === 0) return parsed.data;
  const list = errors.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new InvalidInputError('bad-query', `The query is not right: ${list}`, errors);
}

/** A time that ends before it begins holds nothing: nobody asks for that on purpose. */
function backwards({ since, until }: { readonly since?: unknown; readonly until?: unknown }): FieldError[] {
  const isBackwards = typeof since === 'number' && typeof until === 'number' && since > until;
  return isBackwards ? [{ path: 'until', message: 'must not be before `since`' }] : [];
}
