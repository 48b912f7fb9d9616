import * as z from 'zod';
import { InvalidInputError } from '../errors/errors.ts';
import { fieldErrors } from '../errors/field-errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import { issueText } from '../errors/issue-text.ts';
import { deploySchema } from '../manifest/manifest-schema.ts';
import { slugProblem } from '../manifest/slug.ts';
import { contradiction } from './evaluate-deploy.ts';
import { expressionProblem } from './expression.ts';
import type { Freeze } from './freeze.ts';
import type { Policy } from './policy.ts';
import { scheduleProblem } from './schedule.ts';
import { isTimeZone } from './zoned-time.ts';

const MOST_MINUTES = 31 * 24 * 60;

const slug = z.string({ error: 'is required' }).superRefine((text, context) => {
  const problem = slugProblem('', text);
  if (problem) context.addIssue({ code: 'custom', message: problem.message });
});
const checked = (problemOf: (text: string) => string | undefined) =>
  z.string({ error: 'is required' }).superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
const reason = z.string({ error: 'is required: say why' }).trim().min(1, 'must say why').max(500);
const instant = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 date and time, e.g. 2026-12-24T18:00:00Z' })
  .transform((text) => Date.parse(text));

const autoReleaseFields = z.object({
  kind: z.literal('auto-release'),
  env: slug,
  app: slug,
  deploy: deploySchema,
});
const autoRelease = autoReleaseFields.superRefine(({ deploy }, context) => {
  const contradicts = contradiction(deploy);
  if (contradicts !== undefined) context.addIssue({ code: 'custom', message: contradicts, path: ['deploy'] });
  if (deploy.event === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'is required: push, pr or tag',
      path: ['deploy', 'event'],
    });
  }
});

const autoPromoteFields = z.object({
  kind: z.literal('auto-promote'),
  env: slug,
  app: slug,
  to: slug,
  afterSeconds: z
    .number({ error: 'is required: seconds' })
    .int()
    .min(60)
    .max(30 * 86_400),
});
const autoPromote = autoPromoteFields.refine(({ env, to }) => env !== to, {
  path: ['to'],
  message: 'must be another environment',
});

const branchRestriction = z.object({
  kind: z.literal('branch-restriction'),
  env: slug,
  app: slug.optional(),
  branchPattern: checked(expressionProblem),
});

const recurring = z.object({
  schedule: checked(scheduleProblem),
  durationMinutes: z.number({ error: 'is required: minutes' }).int().min(1).max(MOST_MINUTES),
  timeZone: checked((zone) =>
    isTimeZone(zone) ? undefined : 'must be an IANA time zone, e.g. Europe/Budapest',
  ),
  reason,
});
const fixedFields = z.object(
  { from: instant, until: instant, reason },
  'is required: from and until, or schedule, durationMinutes and timeZone; and a reason',
);
const fixed = fixedFields.refine(({ from, until }) => from < until, {
  path: ['until'],
  message: 'must be after from',
});
const freezeRule = z.object({
  kind: z.literal('freeze'),
  env: slug,
  name: slug,
  freeze: z.unknown().transform((value, context): Freeze => {
    const isRecurring = typeof value === 'object' && value !== null && 'schedule' in value;
    const parsed = (isRecurring ? recurring : fixed).safeParse(value);
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues)
      context.addIssue({ code: 'custom', path: issue.path, message: issueText(issue) });
    return z.NEVER;
  }),
});

const stopTheLine = z.object({ kind: z.literal('stop-the-line'), reason });
const killSwitch = z.object({ kind: z.literal('kill-switch'), reason });
const policySchema = z.discriminatedUnion('kind', [
  autoRelease,
  autoPromote,
  branchRestriction,
  freezeRule,
  stopTheLine,
  killSwitch,
]);

/** The fields of each kind of rule, for whoever describes them; {@link parsePolicy} knows what else must hold. */
export const POLICY_FIELDS = {
  'auto-release': autoReleaseFields,
  'auto-promote': autoPromoteFields,
  'branch-restriction': branchRestriction,
  freeze: freezeRule.extend({ freeze: z.union([recurring, fixedFields]) }),
  'stop-the-line': stopTheLine,
  'kill-switch': killSwitch,
} as const;

/**
 * Reads a rule as people write it; shape, names, patterns, expressions and times are checked.
 * @throws InvalidInputError `bad-policy` naming every field that is wrong.
 */
export function parsePolicy(document: unknown): Policy {
  const parsed = policySchema.safeParse(document);
  if (parsed.success) return withoutUndefined(parsed.data);
  throw badPolicy(fieldErrors(parsed.error));
}

/**
 * What an id (`auto-release/staging/webapp`) says of a policy.
 * @throws InvalidInputError `bad-policy`.
 */
export function policyNameOf(id: string): Readonly<Record<string, string>> {
  const [kind = '', ...names] = id.split('/');
  const fields = FIELDS.get(kind);
  if (!fields) {
    const message = `'${kind}' is no kind of policy; there are ${[...FIELDS.keys()].join(', ')}`;
    throw badPolicy([{ path: 'kind', message }]);
  }
  const named = Object.fromEntries(
    fields.flatMap((field, index) => (names[index] ? [[field, names[index]]] : [])),
  );
  if (names.length > fields.length || names.includes('')) {
    throw badPolicy([{ path: 'id', message: `must be ${[kind, ...fields].join('/')}` }]);
  }
  return { kind, ...named };
}

const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['auto-release', ['env', 'app']],
  ['auto-promote', ['env', 'app', 'to']],
  ['branch-restriction', ['env', 'app']],
  ['freeze', ['env', 'name']],
  ['stop-the-line', []],
  ['kill-switch', []],
]);

function badPolicy(errors: readonly FieldError[]): InvalidInputError {
  const list = errors.map(({ path, message }) => `${path || 'the policy'}: ${message}`).join('; ');
  return new InvalidInputError('bad-policy', `The policy is not right: ${list}`, errors);
}

/** Optional fields that were not given are absent. */
function withoutUndefined(policy: z.output<typeof policySchema>): Policy {
  return Object.fromEntries(
    Object.entries(policy).filter(([, value]) => value !== undefined),
  ) as unknown as Policy;
}
