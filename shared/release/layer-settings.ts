import { canonicalJson } from '../artifact/canonical-json.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import type { SettingsDocument } from './settings-schema.ts';

/** Parts that hold entries by name, each with fields of its own. All other parts are taken as a whole. */
const RECORDS = ['clusters', 'environments', 'teams'] as const;
type RecordPart = (typeof RECORDS)[number];

type Entries = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What one place of a document says: a part, or a field of an entry. */
export interface Setting {
  /** `previewMaxAgeDays`, or `environments.production.protected`; of an entry that says nothing, its name. */
  readonly path: string;
  readonly value: unknown;
}

/** What only the operator says, and why. */
const DEPLOYED_ONLY: Readonly<Record<string, string>> = {
  gitops: 'everything lives there that no environment places elsewhere',
  gitopsHosts: 'the git credential goes there',
  branchRestrictions:
    'those of the operator bind everybody. `gimlet policy branch-restriction` adds one that can be lifted again',
  writerLanes: 'it is the number of writers that were deployed',
};

/** Two documents as one. Where both say something, the deployed one is right. */
export function layered(
  deployed: Partial<SettingsDocument>,
  own: Partial<SettingsDocument>,
): Partial<SettingsDocument> {
  const records = RECORDS.flatMap((part) => {
    const [under, over] = [entriesOf(own, part), entriesOf(deployed, part)];
    const names = [...new Set([...Object.keys(under), ...Object.keys(over)])];
    if (names.length === 0) return [];
    return [[part, Object.fromEntries(names.map((name) => [name, { ...under[name], ...over[name] }]))]];
  });
  return { ...own, ...deployed, ...Object.fromEntries(records) };
}

/**
 * What a document says beyond the deployed one, so that laying it over gives the document again. `contradictions`:
 * where it wants to be other than what was deployed.
 */
export function beyondDeployed(
  sent: Partial<SettingsDocument>,
  deployed: Partial<SettingsDocument>,
): { readonly own: Partial<SettingsDocument>; readonly contradictions: readonly FieldError[] } {
  const fixed = new Map(settingsOf(deployed).map(({ path, value }) => [path, canonicalJson(value)]));
  const entries = new Set(RECORDS.flatMap((part) => namesOf(deployed, part)));
  const contradictions: FieldError[] = [];
  const isOwn = ({ path, value }: Setting): boolean => {
    const known = fixed.get(path);
    if (known === canonicalJson(value)) return false;
    if (known !== undefined) contradictions.push(fixedProblem(path));
    else if (DEPLOYED_ONLY[path] !== undefined) contradictions.push(deployedOnlyProblem(path));
    else return !entries.has(path);
    return false;
  };
  return { own: documentOf(listed(sent).filter(isOwn)), contradictions };
}

/** All that a document says, place by place. */
export function settingsOf(document: Partial<SettingsDocument>): Setting[] {
  return listed(document).map(({ path, value }) => ({ path, value }));
}

/** A setting with where it goes in a document. */
interface Placed extends Setting {
  readonly keys: readonly string[];
}

function listed(document: Partial<SettingsDocument>): Placed[] {
  return Object.entries(document).flatMap(([part, value]): Placed[] => {
    if (!isRecordPart(part)) return [{ keys: [part], path: part, value }];
    return Object.entries(entriesOf(document, part)).flatMap(([name, fields]): Placed[] => {
      const said = Object.entries(fields);
      if (said.length === 0) return [{ keys: [part, name], path: `${part}.${name}`, value: {} }];
      return said.map(([field, one]) => ({
        keys: [part, name, field],
        path: `${part}.${name}.${field}`,
        value: one,
      }));
    });
  });
}

function documentOf(settings: readonly Placed[]): Partial<SettingsDocument> {
  const document: Record<string, unknown> = {};
  for (const { keys, value } of settings) {
    const [part = '', name, field] = keys;
    if (name === undefined) document[part] = value;
    else {
      const entries = { ...(document[part] as Entries | undefined) };
      document[part] = {
        ...entries,
        [name]: field === undefined ? {} : { ...entries[name], [field]: value },
      };
    }
  }
  return document;
}

function isRecordPart(part: string): part is RecordPart {
  return (RECORDS as readonly string[]).includes(part);
}

function entriesOf(document: Partial<SettingsDocument>, part: RecordPart): Entries {
  return document[part] ?? {};
}

function namesOf(document: Partial<SettingsDocument>, part: RecordPart): string[] {
  return Object.keys(entriesOf(document, part)).map((name) => `${part}.${name}`);
}

function fixedProblem(path: string): FieldError {
  return { path, message: 'is fixed by the deployed settings: change it there, or leave it out here' };
}

function deployedOnlyProblem(path: string): FieldError {
  const why = DEPLOYED_ONLY[path] ?? '';
  return { path, message: `can only be set in the deployed settings: ${why}` };
}
