import * as z from 'zod';
import type { ChangedSettings, HeldSettings } from '../release/change-settings.ts';
import type { SettingsVersion } from '../release/settings-version.ts';
import { page } from './query.ts';

/** GET /api/settings. */
export const settingsQuery = z.object({
  /** An older version, laid under what is deployed now. */
  version: z.coerce.number().int().min(1).max(999_999_999).optional(),
});

/** PUT /api/settings; the body is a document of settings. */
export const putSettingsQuery = z.object({
  /** Everything is checked, nothing stored. */
  dryRun: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .transform((text) => text === 'true'),
});

/** GET /api/settings/history: newest first. */
export const settingsHistoryQuery = z.object({ limit: page.limit, cursor: page.cursor });

/** Settings as people write them; the schema of what may be in them is the product's own. */
const document = z.record(z.string(), z.unknown());

const change = z.looseObject({
  path: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});

/** GET /api/settings. */
export const settingsAnswer = z.looseObject({
  /** 0: none were ever stored, the deployed ones hold. It is the ETag, too. */
  version: z.number().int(),
  changedBy: z.string().optional(),
  /** Unix milliseconds. */
  changedAt: z.number().optional(),
  /** What holds; what is left out has its default. */
  settings: document,
  /** The part of it that was deployed, which can't be changed here. */
  deployed: document,
  /** What does not fit together. */
  problems: z.array(z.looseObject({ path: z.string(), message: z.string() })),
});
export type SettingsAnswer = z.infer<typeof settingsAnswer>;

/** PUT /api/settings. */
export const putSettingsAnswer = settingsAnswer.extend({
  changes: z.array(change),
  /** What stays where it was, though its environment is written to another place from now on. */
  warnings: z.array(z.string()),
});
export type PutSettingsAnswer = z.infer<typeof putSettingsAnswer>;

export const settingsHistoryAnswer = z.array(
  z.looseObject({
    version: z.number().int(),
    changedBy: z.string(),
    changedAt: z.number(),
    changes: z.array(change),
  }),
);
export type SettingsHistoryAnswer = z.infer<typeof settingsHistoryAnswer>;

export function toSettingsAnswer({
  version,
  stored,
  document: settings,
  deployed,
  problems,
}: HeldSettings): SettingsAnswer {
  return {
    version,
    ...(stored && { changedBy: stored.changedBy, changedAt: stored.changedAt }),
    settings: { ...settings },
    deployed: { ...deployed },
    problems: problems.map((problem) => ({ ...problem })),
  };
}

export function toPutSettingsAnswer({ held, changes, moved }: ChangedSettings): PutSettingsAnswer {
  return {
    ...toSettingsAnswer(held),
    changes: changes.map((one) => ({ ...one })),
    warnings: moved.map(({ env, from, apps }) => {
      const names =
        apps.length > 5 ? `${apps.slice(0, 5).join(', ')} and ${apps.length - 5} more` : apps.join(', ');
      return `environments.${env}.gitops: ${names} stay in ${from.repo} (${from.branch}) until they are released again, and must be removed there by hand`;
    }),
  };
}

export function toSettingsHistoryAnswer(versions: readonly SettingsVersion[]): SettingsHistoryAnswer {
  return versions.map(({ document: _, changes, ...version }) => ({
    ...version,
    changes: changes.map((one) => ({ ...one })),
  }));
}
