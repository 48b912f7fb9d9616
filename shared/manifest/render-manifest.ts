import { UnprocessableError } from '../errors/errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import { chartMetadata } from './archive/chart-metadata.ts';
import type { ChartIdentity } from './chart-source.ts';
import { checkObjects, findDuplicates } from './output/check-objects.ts';
import { nameFiles } from './output/name-files.ts';
import { type KubernetesObject, readObjects } from './output/read-objects.ts';
import type { RenderedFile } from './output/rendered-file.ts';
import { splitBySource, trimBlankEnd } from './output/split-by-source.ts';
import { checkPatches } from './patch/check-patches.ts';
import { hasPatches, type RenderPlan, type RenderPorts } from './plan-render.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';
import { saysValuesProblems, valuesProblems } from './values-problems.ts';

export interface RenderedManifest {
  /** File name → text, sorted by name: one file per chart template; raw manifests are `manifest.yaml`. */
  readonly files: ReadonlyMap<string, string>;
  /** Which chart it was rendered from. */
  readonly chart?: ChartIdentity;
}

const MAX_PROBLEMS = 20;
/** Of raw manifests, and of everything once it is patched. */
const RAW_FILE = 'manifest.yaml';

/**
 * Makes the files of an app's directory: helm's own text, cut by template and checked, and the raw manifests; with
 * patches, one file as kustomize writes it. The same plan gives the same bytes.
 *
 * @throws UnprocessableError `render-failed`, `render-limit`, `values-invalid`, `patches-invalid`, `render-refused` (naming file,
 * document and field), `render-empty`; and whatever ChartSource says.
 */
export async function renderManifest(plan: RenderPlan, ports: RenderPorts): Promise<RenderedManifest> {
  const { resolved, chart } = plan;
  const made = [...(chart ? await chartFiles(resolved, chart, ports) : []), ...rawFiles(resolved)];
  const files = hasPatches(resolved) ? await patchedFiles(made, resolved, ports) : made;
  const released = checkedFiles(files, (objects) =>
    checkObjects(objects, resolved.namespace, ports.settings),
  );
  const sorted = released.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { files: new Map(sorted.map(({ name, text }) => [name, text])), ...(chart && { chart }) };
}

async function chartFiles(
  { app, namespace, values }: ResolvedManifest,
  chart: ChartIdentity,
  { charts, helm, settings: { kubeVersion, apiVersions } }: RenderPorts,
): Promise<RenderedFile[]> {
  const archive = await charts.archive(chart);
  const request = { release: app, namespace, archive, values, kubeVersion, apiVersions };
  const output = await helm.template(request).catch((error: unknown) => {
    throw valuesRefused(error, archive, chart);
  });
  const texts = splitBySource(output);
  const names = nameFiles(texts.keys());
  return [...texts].map(([source, text]) => ({ name: names.get(source) ?? source, text }));
}

/** Where helm says that the chart's schema does not take the values, the fields are named as in the manifest. */
function valuesRefused(error: unknown, archive: Uint8Array, { name, version }: ChartIdentity): unknown {
  if (!(error instanceof UnprocessableError) || !saysValuesProblems(error.message)) return error;
  const problems = valuesProblems(error.message, chartMetadata(archive).name);
  return problems.length > 0
    ? refused('values-invalid', `${name} ${version} refuses its values`, problems)
    : error;
}

function rawFiles({ manifests }: ResolvedManifest): RenderedFile[] {
  if (manifests === undefined) return [];
  const text = /^---(?:\s|$)/.test(manifests) ? manifests : `---\n${manifests}`;
  return [{ name: RAW_FILE, text: trimBlankEnd(text) }];
}

/** kustomize reads and writes all objects anew, so what of them may be released is judged afterwards. */
async function patchedFiles(
  files: readonly RenderedFile[],
  resolved: ResolvedManifest,
  { kustomize }: RenderPorts,
): Promise<RenderedFile[]> {
  const patchable = checkedFiles(files, (objects) => {
    const problems = checkPatches(resolved, objects);
    if (problems.length > 0) throw refused('patches-invalid', "the patches can't be applied", problems);
    return findDuplicates(objects, resolved.namespace);
  });
  const { strategicMergePatches, json6902Patches } = resolved;
  const output = await kustomize.patch({
    files: patchable,
    ...(strategicMergePatches !== undefined && { strategicMergePatches }),
    ...(json6902Patches !== undefined && { json6902Patches }),
  });
  return [{ name: RAW_FILE, text: trimBlankEnd(`---\n${output}`) }];
}

/** The files that have objects in them: a template may come to nothing but comments. */
function checkedFiles(
  files: readonly RenderedFile[],
  check: (objects: readonly KubernetesObject[]) => FieldError[],
): RenderedFile[] {
  const read = files.map((file) => ({ file, ...readObjects(file) }));
  const objects = read.flatMap((each) => each.objects);
  const problems = [...read.flatMap((each) => each.problems), ...check(objects)];
  if (problems.length > 0) throw refused('render-refused', "what was rendered can't be released", problems);
  if (objects.length === 0)
    throw new UnprocessableError(
      'render-empty',
      'the manifest renders to no objects at all: check its values',
    );
  return read.filter((each) => each.objects.length > 0).map(({ file }) => file);
}

function refused(code: string, summary: string, errors: readonly FieldError[]): UnprocessableError {
  const told = errors.slice(0, MAX_PROBLEMS);
  const more = errors.length > told.length ? `; and ${errors.length - told.length} more` : '';
  const list = told.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new UnprocessableError(code, `${summary}: ${list}${more}`, { errors: told });
}
