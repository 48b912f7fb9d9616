interface TemplatePath {
  readonly chart: string;
  readonly subcharts: readonly string[];
  /** Below `templates/`. */
  readonly rest: readonly string[];
}

/** These mean something to whoever reads the repo. */
const TAKEN = ['kustomization.yaml', 'kustomization.yml', 'manifest.yaml'];

/**
 * Names the file of each template: its base name; where subcharts have templates of one name, with the subchart's
 * name before it. Names differ in more than letter case and end in `.yaml` or `.yml`, or Flux would not read them.
 */
export function nameFiles(sources: Iterable<string>): Map<string, string> {
  const paths = new Map([...sources].map((source) => [source, readPath(source)]));
  const sharing = Map.groupBy(paths.values(), (path) => baseName(path).toLowerCase());
  const taken = new Set(TAKEN);
  const names = new Map<string, string>();
  for (const [source, path] of [...paths].sort(parentsFirst)) {
    const isShared = (sharing.get(baseName(path).toLowerCase())?.length ?? 0) > 1;
    const name = firstFree(candidates(path, isShared), taken);
    taken.add(name.toLowerCase());
    names.set(source, name);
  }
  return names;
}

function readPath(source: string): TemplatePath {
  const [chart = '', ...segments] = source.split('/');
  const subcharts: string[] = [];
  while (segments[0] === 'charts') subcharts.push(...segments.splice(0, 2).slice(1));
  if (segments[0] === 'templates') segments.shift();
  return { chart, subcharts, rest: segments };
}

function parentsFirst([aSource, a]: [string, TemplatePath], [bSource, b]: [string, TemplatePath]): number {
  return a.subcharts.length - b.subcharts.length || (aSource < bSource ? -1 : 1);
}

function candidates(path: TemplatePath, isShared: boolean): string[] {
  const { chart, subcharts, rest } = path;
  const prefixed = fileName([...subcharts, baseName(path)]);
  const full = [fileName([...subcharts, ...rest]), fileName([chart, ...subcharts, ...rest])];
  return isShared && subcharts.length > 0 ? [prefixed, ...full] : [baseName(path), prefixed, ...full];
}

function baseName({ rest }: TemplatePath): string {
  return fileName(rest.slice(-1));
}

function fileName(parts: readonly string[]): string {
  const name = parts
    .join('-')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^\.+/, '');
  return /.\.ya?ml$/.test(name) ? name : `${name || 'template'}.yaml`;
}

function firstFree(names: readonly string[], taken: ReadonlySet<string>): string {
  const free = names.find((name) => !taken.has(name.toLowerCase()));
  if (free !== undefined) return free;
  const last = names.at(-1) ?? '';
  let number = 2;
  const numbered = () => last.replace(/\.ya?ml$/, (extension) => `-${number}${extension}`);
  while (taken.has(numbered().toLowerCase())) number += 1;
  return numbered();
}
