import { parseAllDocuments } from 'yaml';
import type { FieldError } from '../../errors/gimletd-error.ts';
import type { RenderedFile } from './rendered-file.ts';

/** A Kubernetes object, as far as it is judged. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly hasSecretData: boolean;
  /** Where it stands, for messages: `service.yaml, document 1`. */
  readonly where: string;
}

export interface ReadObjects {
  readonly objects: readonly KubernetesObject[];
  readonly problems: readonly FieldError[];
}

/** Reads a file as a YAML 1.1 reader would, which is what Kubernetes' tools are. Empty documents are passed over. */
export function readObjects(file: RenderedFile): ReadObjects {
  const objects: KubernetesObject[] = [];
  const problems: FieldError[] = [];
  const documents = parseAllDocuments(file.text, { version: '1.1', logLevel: 'error', prettyErrors: false });
  for (const [index, document] of [...documents].entries()) {
    const where = `${file.name}, document ${index + 1}`;
    const [error] = document.errors;
    if (error !== undefined) problems.push({ path: where, message: `is not YAML: ${error.message}` });
    else readObject(toPlain(document), where, objects, problems);
  }
  return { objects, problems };
}

/** An alias that goes nowhere, or would unfold into too much, shows here. */
function toPlain(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return error instanceof Error ? error : new Error('can not be read');
  }
}

function readObject(
  value: unknown,
  where: string,
  objects: KubernetesObject[],
  problems: FieldError[],
): void {
  if (value === null || value === undefined) return;
  if (value instanceof Error) {
    problems.push({ path: where, message: `is not YAML: ${value.message}` });
    return;
  }
  if (!isMap(value)) {
    problems.push({ path: where, message: 'must be one Kubernetes object' });
    return;
  }
  if (Array.isArray(value['items']) && String(value['kind']).endsWith('List')) {
    // What is in it would be applied too, and nothing here would have looked at it.
    problems.push({
      path: `${where}, items`,
      message: 'write the objects of a list as documents of their own',
    });
    return;
  }
  const metadata = isMap(value['metadata']) ? value['metadata'] : {};
  const fields = { apiVersion: value['apiVersion'], kind: value['kind'], 'metadata.name': metadata['name'] };
  const missing = Object.entries(fields).filter(([, field]) => typeof field !== 'string' || field === '');
  problems.push(
    ...missing.map(([field]) => ({ path: `${where}, ${field}`, message: 'must be given, as text' })),
  );
  const namespace = metadata['namespace'];
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    problems.push({ path: `${where}, metadata.namespace`, message: 'must be text' });
  if (missing.length > 0) return;
  objects.push({
    apiVersion: String(fields.apiVersion),
    kind: String(fields.kind),
    name: String(fields['metadata.name']),
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    hasSecretData: [value['data'], value['stringData']].some(
      (data) => isMap(data) && Object.keys(data).length > 0,
    ),
    where,
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
