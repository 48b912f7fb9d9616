import { UnprocessableError } from '../errors/errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import type { ChartIdentity, ChartSource, FetchedChart } from './chart-source.ts';
import type { Helm } from './helm.ts';
import { checkObjects } from './output/check-objects.ts';
import { nameFiles } from './output/name-files.ts';
import { readObjects } from './output/read-objects.ts';
import type { RenderedFile } from './output/rendered-file.ts';
import { splitBySource, trimBlankEnd } from './output/split-by-source.ts';
import type { RenderSettings } from './render-settings.ts';
import { repositoryChart } from './repository-chart.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';

export interface RenderedManifest {
  /** File name → text, sorted by name: one file per chart template; raw manifests are `manifest.yaml`. */
  readonly files: ReadonlyMap<string, string>;
  /** Which chart it was rendered from. */
  readonly chart?: ChartIdentity;
}

export interface RenderPorts {
  readonly charts: ChartSource;
  readonly helm: Helm;
  readonly settings: RenderSettings;
}

const MAX_PROBLEMS = 20;

/**
 * Makes the files of an app's directory: helm's own text, cut by template and checked, and the raw manifests.
 * The same inputs give the same bytes.
 *
 * @throws UnprocessableError `patches-unsupported`, `chart-source-unsupported`, `manifest-incomplete`,
 * `render-failed`, `render-limit`, `render-refused` (naming file, document and field), `render-empty`;
 * and whatever ChartSource says.
 */
export async function renderManifest(
  resolved: ResolvedManifest,
  ports: RenderPorts,
): Promise<RenderedManifest> {
  refusePatches(resolved);
  const chart = resolved.chart && (await ports.charts.fetch(repositoryChart(resolved.chart)));
  const files = [...(chart ? await chartFiles(resolved, chart, ports) : []), ...rawFiles(resolved)];
  const released = checkedFiles(files, resolved, ports.settings);
  const sorted = released.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    files: new Map(sorted.map(({ name, text }) => [name, text])),
    ...(chart && { chart: { name: chart.name, version: chart.version, digest: chart.digest } }),
  };
}

function refusePatches({ strategicMergePatches, json6902Patches }: ResolvedManifest): void {
  const given = Object.entries({ strategicMergePatches, json6902Patches }).filter(([, patches]) => patches);
  const errors = given.map(([path]) => ({ path, message: 'patches are not supported yet: remove them' }));
  if (errors.length > 0) throw refused('patches-unsupported', "the manifest can't be rendered", errors);
}

async function chartFiles(
  { app, namespace, values }: ResolvedManifest,
  { archive }: FetchedChart,
  { helm, settings: { kubeVersion, apiVersions } }: RenderPorts,
): Promise<RenderedFile[]> {
  const output = await helm.template({ release: app, namespace, archive, values, kubeVersion, apiVersions });
  const texts = splitBySource(output);
  const names = nameFiles(texts.keys());
  return [...texts].map(([source, text]) => ({ name: names.get(source) ?? source, text }));
}

function rawFiles({ manifests }: ResolvedManifest): RenderedFile[] {
  if (manifests === undefined) return [];
  const text = /^---(?:\s|$)/.test(manifests) ? manifests : `---\n${manifests}`;
  return [{ name: 'manifest.yaml', text: trimBlankEnd(text) }];
}

/** The files that have objects in them: a template may come to nothing but comments. */
function checkedFiles(
  files: readonly RenderedFile[],
  { namespace }: ResolvedManifest,
  settings: RenderSettings,
): RenderedFile[] {
  const read = files.map((file) => ({ file, ...readObjects(file) }));
  const objects = read.flatMap((each) => each.objects);
  const problems = [...read.flatMap((each) => each.problems), ...checkObjects(objects, namespace, settings)];
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
