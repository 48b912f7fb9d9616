import { parseAllDocuments } from 'yaml';
import type { FieldError } from '../../errors/gimletd-error.ts';
import type { KubernetesObject } from '../output/read-objects.ts';
import type { ResolvedManifest } from '../resolved-manifest.ts';

type JsonPatch = NonNullable<ResolvedManifest['json6902Patches']>[number];

/**
 * What is wrong with a manifest's patches, before they are applied to `objects`: what is no patch at all, and what
 * fits none of them, which kustomize would pass over without a word where it is a JSON patch.
 */
export function checkPatches(
  { strategicMergePatches, json6902Patches = [] }: ResolvedManifest,
  objects: readonly KubernetesObject[],
): FieldError[] {
  return [
    ...(strategicMergePatches === undefined ? [] : mergePatchProblems(strategicMergePatches, objects)),
    ...json6902Patches.flatMap((patch, index) => [
      ...operationProblems(patch, `json6902Patches[${index}].patch`),
      ...targetProblems(patch, `json6902Patches[${index}].target`, objects),
    ]),
  ];
}

function mergePatchProblems(text: string, objects: readonly KubernetesObject[]): FieldError[] {
  return readDocuments(text).flatMap((value, index) => {
    const path = `strategicMergePatches, document ${index + 1}`;
    if (value instanceof Error) return [{ path, message: `is not YAML: ${value.message}` }];
    if (value === null || value === undefined) return [];
    if (!isMap(value))
      return [{ path, message: 'must be an object with apiVersion, kind and metadata.name' }];
    const metadata = isMap(value['metadata']) ? value['metadata'] : {};
    const { apiVersion, kind } = value;
    const fields = { apiVersion, kind, 'metadata.name': metadata['name'] };
    const missing = Object.entries(fields).filter(([, field]) => typeof field !== 'string' || field === '');
    if (missing.length > 0)
      return missing.map(([field]) => ({
        path: `${path}, ${field}`,
        message: 'must be given: it says which object is patched',
      }));
    const named = { apiVersion: String(apiVersion), kind: String(kind), name: String(metadata['name']) };
    return mergeTargetProblems(named, namespaceOf(metadata['namespace']), path, objects);
  });
}

/** kustomize says that something does not fit; this says what would. */
function mergeTargetProblems(
  { apiVersion, kind, name }: Pick<KubernetesObject, 'apiVersion' | 'kind' | 'name'>,
  namespace: string,
  path: string,
  objects: readonly KubernetesObject[],
): FieldError[] {
  const named = objects.filter(
    (one) => one.apiVersion === apiVersion && one.kind === kind && one.name === name,
  );
  if (named.some((one) => namespaceOf(one.namespace) === namespace)) return [];
  const [other] = named;
  if (other === undefined)
    return [{ path, message: nothingToPatch(`${kind} of ${apiVersion}`, name, objects) }];
  const fix = other.namespace === undefined ? 'leave it out' : `write '${other.namespace}'`;
  const message = `is not the namespace of the ${kind} '${name}' that is rendered: ${fix}`;
  return [{ path: `${path}, metadata.namespace`, message }];
}

/** kustomize takes no namespace for the one that is called so. */
function namespaceOf(namespace: unknown): string {
  return typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
}

function nothingToPatch(what: string, name: string, objects: readonly KubernetesObject[]): string {
  const there = objects.map((object) => `${object.kind} '${object.name}'`).slice(0, 20);
  return `there is no ${what} '${name}' to patch; there are ${there.join(', ')}`;
}

function operationProblems({ patch }: JsonPatch, path: string): FieldError[] {
  const documents = readDocuments(patch).filter((value) => value !== null && value !== undefined);
  const [operations] = documents;
  if (operations instanceof Error) return [{ path, message: `is not YAML: ${operations.message}` }];
  const isList = Array.isArray(operations) && operations.length > 0 && documents.length === 1;
  if (isList && operations.every((one) => isMap(one) && typeof one['op'] === 'string')) return [];
  return [{ path, message: 'must be one list of operations, each with op and path' }];
}

function targetProblems(
  { target }: JsonPatch,
  path: string,
  objects: readonly KubernetesObject[],
): FieldError[] {
  if (objects.some((object) => isTarget(object, target))) return [];
  return [{ path, message: nothingToPatch(describe(target), target.name, objects) }];
}

function isTarget({ apiVersion, kind, name }: KubernetesObject, target: JsonPatch['target']): boolean {
  const slash = apiVersion.lastIndexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  return (
    kind === target.kind &&
    name === target.name &&
    (!target.group || target.group === group) &&
    (!target.version || target.version === apiVersion.slice(slash + 1))
  );
}

function describe({ group, version, kind }: JsonPatch['target']): string {
  const apiVersion = [group, version].filter((part) => part).join('/');
  return apiVersion === '' ? kind : `${kind} of ${apiVersion}`;
}

/** As a YAML 1.1 reader, which kustomize is, would read them. */
function readDocuments(text: string): unknown[] {
  const documents = parseAllDocuments(text, { version: '1.1', logLevel: 'error', prettyErrors: false });
  return [...documents].map((document) => {
    try {
      return document.errors[0] ?? document.toJS();
    } catch (error) {
      return error;
    }
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
