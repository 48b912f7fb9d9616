import { UnprocessableError } from '../errors/errors.ts';
import { formatPath } from '../errors/field-errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import { shortenName } from './dns-name.ts';
import type { Manifest } from './manifest-schema.ts';
import type { ResolvedManifest } from './resolved-manifest.ts';
import { isSlug, isTemplated, type Slug, slugProblem } from './slug.ts';
import { Budget, renderTemplate, TemplateError } from './template/index.ts';

const MAX_PROBLEMS = 50;

type Filled = Omit<Manifest, 'deploy' | 'cleanup' | 'preview'>;

/**
 * Fills a manifest's variables in, leaf by leaf: whatever they hold stays the text of that leaf. The variable `APP`
 * is the manifest's own app. An app that is made of variables is cut to what a name may have.
 *
 * @throws UnprocessableError naming every field that is wrong: `variable-missing`, `template-invalid`,
 * `manifest-incomplete`, `name-invalid`.
 */
export function resolveManifest(
  manifest: Manifest,
  variables: Readonly<Record<string, string>>,
): ResolvedManifest {
  const { deploy, cleanup, preview, ...templated } = manifest;
  const filler = new Filler(variables);
  const app = resolveApp(manifest.app, filler);
  if (app !== undefined) filler.setVariable('APP', app);
  const filled = filler.fill({ ...templated, app: undefined }, []) as Filled;
  filler.throwIfWrong();
  return checked({ ...filled, ...(app === undefined ? {} : { app }) });
}

/** The app and environment that a manifest is for; each absent where its variables don't make a name of it. */
export function resolveNames(
  { app, env }: Pick<Manifest, 'app' | 'env'>,
  variables: Readonly<Record<string, string>>,
): { readonly app?: string; readonly env?: string } {
  const filler = new Filler(variables);
  const resolvedApp = resolveApp(app, filler);
  if (resolvedApp !== undefined) filler.setVariable('APP', resolvedApp);
  const resolvedEnv = env === undefined ? undefined : filler.text(env, ['env']);
  return {
    ...(resolvedApp !== undefined && isSlug(resolvedApp) && { app: resolvedApp }),
    ...(resolvedEnv !== undefined && isSlug(resolvedEnv) && { env: resolvedEnv }),
  };
}

function resolveApp(app: string | undefined, filler: Filler): string | undefined {
  if (app === undefined || !isTemplated(app)) return app;
  return shortenName(filler.text(app, ['app']));
}

/** Goes through a manifest and gathers all that is wrong with its templates. */
class Filler {
  private readonly variables: Map<string, string>;
  /** Of all texts together. */
  private budget: Budget | undefined;
  private readonly problems: (FieldError & { readonly code: string })[] = [];

  constructor(variables: Readonly<Record<string, string>>) {
    this.variables = new Map(Object.entries(variables));
  }

  setVariable(name: string, value: string): void {
    this.variables.set(name, value);
  }

  fill(value: unknown, path: readonly PropertyKey[]): unknown {
    if (typeof value === 'string') return this.text(value, path);
    if (Array.isArray(value)) return value.map((element, index) => this.fill(element, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [key, this.fill(field, [...path, key])]),
    );
  }

  /** A text that can't be filled in is noted and stays as it is. */
  text(template: string, path: readonly PropertyKey[]): string {
    if (!isTemplated(template)) return template;
    try {
      this.budget ??= new Budget();
      return renderTemplate(template, new Map(this.variables), this.budget);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.problems.push({ path: formatPath(path), message: error.message, code: error.code });
      return template;
    }
  }

  throwIfWrong(): void {
    const codes = new Set(this.problems.map(({ code }) => code));
    const [only] = codes;
    if (only === undefined) return;
    throw unprocessable(codes.size === 1 ? only : 'template-invalid', this.problems);
  }
}

function checked(filled: Filled): ResolvedManifest {
  const { app, env, namespace, chart, manifests } = filled;
  const missing: FieldError[] = Object.entries({ env, app, namespace })
    .filter(([, value]) => value === undefined || value === '')
    .map(([path]) => ({ path, message: `is missing: a release needs the manifest's ${path}` }));
  const hasManifests = (manifests ?? '').trim() !== '';
  if (chart !== undefined && !chart.name)
    missing.push({ path: 'chart.name', message: 'is missing: name the chart' });
  else if (chart === undefined && !hasManifests)
    missing.push({ path: 'chart', message: 'is missing: a manifest needs a chart, manifests or both' });
  if (missing.length > 0) throw unprocessable('manifest-incomplete', missing);
  const { strategicMergePatches, json6902Patches } = filled;
  return {
    ...names({ app, env, namespace }),
    ...(chart?.name ? { chart: { ...chart, name: chart.name } } : {}),
    values: filled.values ?? {},
    ...(manifests !== undefined && hasManifests ? { manifests } : {}),
    ...(strategicMergePatches?.trim() ? { strategicMergePatches } : {}),
    ...(json6902Patches?.length ? { json6902Patches } : {}),
  };
}

type Names = Pick<ResolvedManifest, 'app' | 'env' | 'namespace'>;

function names(given: { readonly [K in keyof Names]: string | undefined }): Names {
  const problems: FieldError[] = [];
  const slug = (path: keyof Names): Slug => {
    const text = given[path] ?? '';
    if (isSlug(text)) return text;
    problems.push(slugProblem(path, text) ?? { path, message: 'is no name' });
    return text as Slug;
  };
  const result = { app: slug('app'), env: slug('env'), namespace: slug('namespace') };
  if (problems.length > 0) throw unprocessable('name-invalid', problems);
  return result;
}

function unprocessable(code: string, problems: readonly FieldError[]): UnprocessableError {
  const told = problems.slice(0, MAX_PROBLEMS);
  const list = told.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new UnprocessableError(code, `the manifest can't be released: ${list}`, {
    errors: told.map(({ path, message }) => ({ path, message })),
  });
}
