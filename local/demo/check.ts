import { parseAllDocuments } from 'yaml';
import type { GitOpsClone, GitOpsCommit } from './gitops-clone.ts';

/** What must be in the repo of one release. */
export interface ExpectedRelease {
  readonly env: string;
  readonly app: string;
  readonly artifactId: string;
  readonly releaseId: string;
  readonly subject: RegExp;
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  readonly host: string;
  readonly config: Readonly<Record<string, string>>;
}

const FILES = ['configmap.yaml', 'deployment.yaml', 'ingress.yaml', 'release.json', 'service.yaml'];

/** Each thing that is not as it should be, in a sentence; none when all is right. */
export async function differences(
  clone: GitOpsClone,
  expected: readonly ExpectedRelease[],
): Promise<string[]> {
  const files = expected.flatMap(({ env, app }) => FILES.map((file) => `${env}/${app}/${file}`)).sort();
  return [
    ...differs('files of the repo', clone.files, files),
    ...differs('commits', clone.commits.length, expected.length),
    ...expected.flatMap((release, index) => commitDifferences(clone.commits[index], release)),
    ...(await Promise.all(expected.map((release) => contentDifferences(clone, release)))).flat(),
  ];
}

function commitDifferences(commit: GitOpsCommit | undefined, release: ExpectedRelease): string[] {
  if (commit === undefined) return [`no commit for ${release.env}`];
  const { env, app, artifactId, releaseId, subject } = release;
  const own = commit.files.filter((file) => file.startsWith(`${env}/${app}/`));
  return [
    ...(subject.test(commit.subject) ? [] : [`the subject is '${commit.subject}', not like ${subject}`]),
    ...differs(`files of ${env}'s commit`, own.length, commit.files.length),
    ...differs(`Artifact-Id of ${env}'s commit`, commit.trailers['Artifact-Id'], artifactId),
    ...differs(`Release-Id of ${env}'s commit`, commit.trailers['Release-Id'], releaseId),
  ];
}

async function contentDifferences(clone: GitOpsClone, release: ExpectedRelease): Promise<string[]> {
  const folder = `${release.env}/${release.app}`;
  const read = async (file: string) => clone.read(`${folder}/${file}`).catch(() => '');
  const objects = (await Promise.all(FILES.filter((file) => file.endsWith('.yaml')).map(read))).flatMap(
    parse,
  );
  const find = (kind: string) => objects.find((object) => object['kind'] === kind);
  const record: unknown = JSON.parse((await read('release.json')) || '{}');
  const facts: [string, unknown, unknown][] = [
    ['image', at(find('Deployment'), 'spec', 'template', 'spec', 'containers', 0, 'image'), release.image],
    ['replicas', at(find('Deployment'), 'spec', 'replicas'), release.replicas],
    ['config', at(find('ConfigMap'), 'data'), release.config],
    ['host', at(find('Ingress'), 'spec', 'rules', 0, 'host'), release.host],
    ['service', at(find('Service'), 'metadata', 'name'), release.app],
    [
      'namespaces',
      [...new Set(objects.map((object) => at(object, 'metadata', 'namespace')))],
      [release.namespace],
    ],
    ['release.json artifact', at(record, 'artifactId'), release.artifactId],
    ['release.json environment', at(record, 'env'), release.env],
  ];
  return facts.flatMap(([name, actual, wanted]) => differs(`${folder}: ${name}`, actual, wanted));
}

function parse(text: string): Record<string, unknown>[] {
  const documents = parseAllDocuments(text);
  return Array.isArray(documents) ? documents.map((document) => document.toJS() ?? {}) : [];
}

function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key],
    value,
  );
}

function differs(what: string, actual: unknown, wanted: unknown): string[] {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)];
  return is === should ? [] : [`${what}: is ${is}, should be ${should}`];
}
