import * as z from 'zod';
import { globProblem } from './glob.ts';
import { isTemplated, slugProblem } from './slug.ts';

/** What CI did to make a version. */
export const EVENTS = ['push', 'tag', 'pr'] as const;
export type GitEvent = (typeof EVENTS)[number];

const text = z.string();
const name = text.superRefine((value, context) => {
  const problem = isTemplated(value) ? undefined : slugProblem('', value);
  if (problem) context.addIssue({ code: 'custom', message: problem.message });
});

/** A branch or tag pattern; a leading `!` negates the rest. */
const pattern = text.superRefine((value, context) => {
  const problem = globProblem(value.startsWith('!') ? value.slice(1) : value);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});
const messagePattern = text.superRefine((value, context) => {
  const problem = globProblem(value, { literalBrackets: true });
  if (problem) context.addIssue({ code: 'custom', message: problem });
});

const chart = foldKeys(
  z
    .object({ repository: text.nullish(), name: text.nullish(), version: text.nullish() })
    .transform(dropNulls),
);
export const deploySchema = foldKeys(
  z
    .object({
      event: z.enum(EVENTS).nullish(),
      branch: pattern.nullish(),
      tag: pattern.nullish(),
      commitMessagePatterns: z.array(messagePattern).max(100).nullish(),
    })
    .transform(dropNulls),
);
const cleanup = foldKeys(
  z
    .object({ app: text.nullish(), event: z.literal('branchDeleted').nullish(), branch: pattern.nullish() })
    .transform(dropNulls),
);
const json6902Patch = z.object({
  patch: text,
  target: z.object({
    group: text.optional(),
    version: text.optional(),
    kind: text,
    name: text,
  }),
});

/**
 * A Gimlet environment file as it travels in an artifact: its shape is right, its names are good where they can be
 * judged already; it may be incomplete or still templated. Keys are accepted in any letter case, as the Go clients
 * send them; unknown ones are dropped.
 */
export const manifestSchema = foldKeys(
  z
    .object({
      app: name.nullish(),
      env: name.nullish(),
      /** The proposal's word for `env`. */
      name: name.nullish(),
      namespace: name.nullish(),
      chart: chart.nullish(),
      values: z.record(text, z.unknown()).nullish(),
      manifests: text.nullish(),
      strategicMergePatches: text.nullish(),
      json6902Patches: z.array(json6902Patch).max(100).nullish(),
      deploy: deploySchema.nullish(),
      cleanup: cleanup.nullish(),
      preview: z.boolean().nullish(),
    })
    .transform(({ name: environment, ...manifest }) =>
      dropNulls({ ...manifest, env: manifest.env ?? environment }),
    ),
);
export type Manifest = z.output<typeof manifestSchema>;
export type Deploy = NonNullable<Manifest['deploy']>;

type WithoutNulls<T> = {
  [K in keyof T as null extends T[K] ? never : undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as null extends T[K] ? K : undefined extends T[K] ? K : never]?: Exclude<
    T[K],
    null | undefined
  >;
};

/** A field that is null says the same as one that is not there. */
function dropNulls<T extends object>(value: T): WithoutNulls<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== null && field !== undefined),
  ) as WithoutNulls<T>;
}

/** Lets an object schema take its keys in any letter case; a key that is spelt exactly wins over one that is not. */
function foldKeys<S extends z.ZodType>(schema: S): z.ZodPipe<z.ZodTransform, S> {
  const known = new Map(shapeKeys(schema).map((key) => [key.toLowerCase(), key]));
  return z.preprocess((input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
    const exactLast = Object.entries(input).sort(
      ([a], [b]) => Number(known.get(a.toLowerCase()) === a) - Number(known.get(b.toLowerCase()) === b),
    );
    return Object.fromEntries(exactLast.map(([key, value]) => [known.get(key.toLowerCase()) ?? key, value]));
  }, schema) as z.ZodPipe<z.ZodTransform, S>;
}

function shapeKeys(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodPipe) return shapeKeys(schema.in as z.ZodType);
  throw new TypeError('only object schemas have keys to fold');
}
