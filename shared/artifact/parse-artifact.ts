import { createHash } from 'node:crypto';
import * as z from 'zod';
import { InvalidInputError } from '../errors/errors.ts';
import { fieldErrors } from '../errors/field-errors.ts';
import { EVENTS, manifestSchema } from '../manifest/manifest-schema.ts';
import type { ArtifactContent, Version } from './artifact.ts';
import { artifactId } from './artifact-id.ts';
import { canonicalJson } from './canonical-json.ts';
import { keyText } from './key-text.ts';

export const ARTIFACT_LIMITS = {
  bytes: 1024 * 1024,
  depth: 32,
  environments: 200,
  items: 500,
  context: 2_000,
  idLength: 200,
} as const;

const line = z.string().max(1_000);
const blankIsAbsent = (schema: z.ZodType<string>) =>
  z
    .union([z.literal(''), schema])
    .nullish()
    .transform((text) => (text === '' || text === null ? undefined : text));

const unixSeconds = z
  .union([z.number().int().nonnegative(), z.iso.datetime({ offset: true })], {
    error: 'must be unix seconds or an RFC 3339 date and time',
  })
  .transform((time) => (typeof time === 'number' ? time : Math.floor(Date.parse(time) / 1000)));

const versionSchema = z
  .object({
    repositoryName: blankIsAbsent(keyText()),
    /** The proposal's word. */
    name: blankIsAbsent(keyText()),
    event: z.enum(EVENTS).nullish(),
    /** The proposal's way to say `event: pr`. */
    pr: z.boolean().nullish(),
    branch: blankIsAbsent(keyText()),
    sourceBranch: blankIsAbsent(keyText()),
    source_branch: blankIsAbsent(keyText()),
    targetBranch: blankIsAbsent(keyText()),
    target_branch: blankIsAbsent(keyText()),
    tag: blankIsAbsent(keyText()),
    sha: z.string().regex(/^[0-9A-Za-z]{1,64}$/, 'must be 1 to 64 letters and digits'),
    authorName: line.nullish(),
    authorEmail: line.nullish(),
    committerName: line.nullish(),
    committerEmail: line.nullish(),
    message: z.string().max(100_000).nullish(),
    url: z.string().max(2_000).nullish(),
    created: unixSeconds.nullish(),
  })
  .transform(canonicalVersion)
  .refine((version) => version.repositoryName !== '', {
    path: ['repositoryName'],
    message: 'is required: the repository that was built, e.g. owner/repo (`name` is taken too)',
  });

/** An artifact as it may be sent, in either spelling; what comes out is the canonical form. */
export const artifactSchema = z
  .object({
    id: z
      .string()
      .max(ARTIFACT_LIMITS.idLength)
      .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters')
      .refine((id) => !id.endsWith('/decisions'), "must not end in '/decisions', which is a path of the API")
      .nullish(),
    version: versionSchema,
    context: z.record(z.string(), z.string()).nullish(),
    /** The proposal's word for `context`. */
    vars: z.record(z.string(), z.string()).nullish(),
    environments: z.array(manifestSchema).max(ARTIFACT_LIMITS.environments).nullish(),
    items: z.array(z.record(z.string(), z.unknown())).max(ARTIFACT_LIMITS.items).nullish(),
  })
  .transform(
    ({ id, version, context, vars, environments, items }): ArtifactContent => ({
      id: id ? id : artifactId(version),
      version,
      context: { ...vars, ...context },
      items: items ?? [],
      environments: environments ?? [],
    }),
  )
  .refine(({ context }) => Object.keys(context).length <= ARTIFACT_LIMITS.context, {
    path: ['context'],
    message: `must hold at most ${ARTIFACT_LIMITS.context} entries`,
  });

/**
 * Reads an artifact document in either spelling into the canonical form. Shape, types, ids, names and patterns are
 * checked; whether a manifest is complete is for the decision to say.
 * @throws InvalidInputError `bad-artifact` naming every field that is wrong.
 */
export function parseArtifact(document: unknown): ArtifactContent {
  const parsed = artifactSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error);
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new InvalidInputError(
    'bad-artifact',
    `The artifact is not right: ${first?.path || 'the document'}: ${first?.message}${more}`,
    errors,
  );
}

/** SHA-256 of the canonical content, hex. */
export function artifactDigest(content: ArtifactContent): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

function canonicalVersion(
  sent: {
    readonly [K in keyof Version]?: Version[K] | null | undefined;
  } & {
    readonly sha: string;
    readonly name?: string | undefined;
    readonly pr?: boolean | null | undefined;
    readonly source_branch?: string | undefined;
    readonly target_branch?: string | undefined;
  },
): Version {
  const { name, pr, source_branch, target_branch, event, repositoryName, ...rest } = sent;
  const version = {
    ...rest,
    repositoryName: repositoryName ?? name ?? '',
    event: event ?? (pr ? 'pr' : sent.tag ? 'tag' : 'push'),
    sourceBranch: sent.sourceBranch ?? source_branch,
    targetBranch: sent.targetBranch ?? target_branch,
  };
  return Object.fromEntries(
    Object.entries(version).filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as Version;
}
