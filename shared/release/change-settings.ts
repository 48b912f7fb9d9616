import { canonicalJson } from '../artifact/canonical-json.ts';
import { PreconditionFailedError, TooLargeError, TransientError } from '../errors/errors.ts';
import { fieldErrors } from '../errors/field-errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import type { ChangeContext } from '../policy/policy-document.ts';
import { settingsProblems } from './check-settings.ts';
import { badSettings, type DeployedSettings } from './deployed-settings.ts';
import { beyondDeployed, layered, settingsOf } from './layer-settings.ts';
import { type MovedEnvironment, movedEnvironments } from './moved-environments.ts';
import type { DriftRecords } from './ports.ts';
import type { Settings } from './settings.ts';
import { effectiveSettings } from './settings-reader.ts';
import { type SettingsDocument, settingsSchema } from './settings-schema.ts';
import type { SettingsChange, SettingsVersion, SettingsVersions } from './settings-version.ts';

export interface SettingsPorts {
  readonly deployed: DeployedSettings;
  readonly versions: SettingsVersions;
  readonly targets: Pick<DriftRecords, 'listOf'>;
}

/** Settings as they are held now, or as they would be. */
export interface HeldSettings {
  /** 0: nothing was ever stored. */
  readonly version: number;
  readonly stored?: SettingsVersion;
  /** What holds, as people write it: without defaults. */
  readonly document: Partial<SettingsDocument>;
  readonly deployed: Partial<SettingsDocument>;
  /** What does not fit together: a deployment may bring that about, a change of settings can't. */
  readonly problems: readonly FieldError[];
}

export interface ChangedSettings {
  readonly held: HeldSettings;
  readonly changes: readonly SettingsChange[];
  /** Environments that are written to another place from now on, and what stays behind. */
  readonly moved: readonly MovedEnvironment[];
}

/** So much of JSON is read by every function every few seconds. */
export const MAX_SETTINGS_BYTES = 100_000;
const MOST_ATTEMPTS = 5;

export function holdSettings(deployed: DeployedSettings, stored: SettingsVersion | undefined): HeldSettings {
  return {
    version: stored?.version ?? 0,
    ...(stored && { stored }),
    document: layered(deployed.document, stored?.document ?? {}),
    deployed: deployed.document,
    problems: settingsProblems(effectiveSettings(deployed, stored)),
  };
}

/**
 * Stores settings in the place of those that are stored. What is deployed may be repeated in them, or left out. The
 * same settings again are no new version. With `dryRun` all is checked and nothing stored.
 * @throws InvalidInputError `bad-settings` naming all that is wrong; TooLargeError; PreconditionFailedError
 *   `settings-changed` when the version is not the one that the change was made on.
 */
export async function putSettings(
  ports: SettingsPorts,
  sent: unknown,
  { dryRun = false, ...context }: ChangeContext & { readonly dryRun?: boolean },
): Promise<ChangedSettings> {
  const own = checkedSettings(ports.deployed, sent);
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const seen = await ports.versions.newest();
    checkVersion(seen, context);
    const changes = settingsChanges(seen?.document ?? {}, own);
    const next = nextVersion(seen, own, changes, context);
    const held = holdSettings(ports.deployed, next);
    const moved = await movedEnvironments(
      ports.targets,
      effectiveSettings(ports.deployed, seen),
      effectiveSettings(ports.deployed, next),
    );
    if (dryRun || changes.length === 0 || (next && (await ports.versions.append(next)))) {
      return { held, changes, moved };
    }
  }
  throw new TransientError('settings-busy', 'Others are changing the settings right now; try again.');
}

/** What settings say beyond the deployed ones, once all of it is found to be right. */
function checkedSettings(deployed: DeployedSettings, sent: unknown): Partial<SettingsDocument> {
  const size = Buffer.byteLength(JSON.stringify(sent));
  if (size > MAX_SETTINGS_BYTES) {
    throw new TooLargeError(
      'settings-too-large',
      `The settings have ${size} bytes; at most ${MAX_SETTINGS_BYTES}.`,
    );
  }
  const shape = settingsSchema.partial().safeParse(sent);
  if (!shape.success) throw badSettings(fieldErrors(shape.error));
  const { own, contradictions } = beyondDeployed(sent as Partial<SettingsDocument>, deployed.document);
  const whole = effectiveSettings(deployed, { version: 0, document: own });
  const problems = [...contradictions, ...strangeHosts(own, deployed.settings), ...settingsProblems(whole)];
  if (problems.length > 0) throw badSettings(problems);
  return own;
}

/** The credential that writes is sent to the host of a repo, so the operator says which hosts there are. */
function strangeHosts({ environments = {} }: Partial<SettingsDocument>, deployed: Settings): FieldError[] {
  const named = Object.values(deployed.environments).flatMap(({ gitops }) => gitops?.repo ?? []);
  const known = new Set([
    ...[deployed.gitops.repo, ...named].map((repo) => new URL(repo).origin),
    ...deployed.gitopsHosts.map((host) => `https://${host}`),
  ]);
  return Object.entries(environments).flatMap(([env, { gitops }]) => {
    if (gitops?.repo === undefined || known.has(new URL(gitops.repo).origin)) return [];
    const message = `must be at ${[...known].join(' or ')}; another host must first be in gitopsHosts of the deployed settings`;
    return [{ path: `environments.${env}.gitops.repo`, message }];
  });
}

function checkVersion(seen: SettingsVersion | undefined, { ifMatch, ifNoneMatch }: ChangeContext): void {
  const version = seen?.version ?? 0;
  const fits = ifMatch === undefined || (ifMatch === '*' ? seen !== undefined : ifMatch === version);
  if (fits && !(ifNoneMatch === true && seen)) return;
  const now = seen ? `their version is ${version}, by ${seen.changedBy}` : 'none are stored';
  throw new PreconditionFailedError(
    'settings-changed',
    `The settings are not those that you looked at: ${now}. Look at them again, then change them.`,
    { data: { version } },
  );
}

function nextVersion(
  seen: SettingsVersion | undefined,
  document: Partial<SettingsDocument>,
  changes: readonly SettingsChange[],
  { changedBy, now }: ChangeContext,
): SettingsVersion | undefined {
  if (changes.length === 0) return seen;
  return { version: (seen?.version ?? 0) + 1, document, changedBy, changedAt: now, changes };
}

/** What is other in a document, by path. */
function settingsChanges(
  before: Partial<SettingsDocument>,
  after: Partial<SettingsDocument>,
): SettingsChange[] {
  const [was, is] = [before, after].map(
    (document) => new Map(settingsOf(document).map(({ path, value }) => [path, value])),
  ) as [Map<string, unknown>, Map<string, unknown>];
  const paths = [...new Set([...was.keys(), ...is.keys()])].sort();
  return paths.flatMap((path) => {
    if (was.has(path) && is.has(path) && canonicalJson(was.get(path)) === canonicalJson(is.get(path)))
      return [];
    return [
      {
        path,
        ...(was.has(path) && { before: was.get(path) }),
        ...(is.has(path) && { after: is.get(path) }),
      },
    ];
  });
}
