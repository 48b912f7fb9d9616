import { inParallel } from '../concurrency/in-parallel.ts';
import { UnprocessableError } from '../errors/errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import type { Manifest } from '../manifest/manifest-schema.ts';
import { type ArtifactContent, artifactVariables } from './artifact.ts';

/** Renders what was not released yet. */
export interface ManifestChecker {
  /**
   * All that would stand in the way of a release; nothing when the variables of the manifest are not all there.
   * @throws TransientError when it can't be told now.
   */
  readonly check: (manifest: Manifest, variables: Readonly<Record<string, string>>) => Promise<FieldError[]>;
}

const PARALLEL = 10;
const MAX_PROBLEMS = 50;

/**
 * Renders every manifest of an artifact that can be, so that a broken one fails in CI and not at release time.
 * @throws UnprocessableError `check-failed` naming each manifest and field.
 */
export async function checkArtifact(checker: ManifestChecker, content: ArtifactContent): Promise<void> {
  const variables = artifactVariables(content);
  const found = await inParallel(content.environments, PARALLEL, async (manifest, index) => {
    const problems = await checker.check(manifest, variables);
    return problems.map(({ path, message }) => ({ path: pathIn(index, path), message }));
  });
  const errors = found.flat();
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new UnprocessableError(
    'check-failed',
    `The artifact could not be released as it is: ${first.path}: ${first.message}${more}`,
    { errors: errors.slice(0, MAX_PROBLEMS) },
  );
}

/** What is wrong with rendered files is named after the file, which is no field. */
function pathIn(index: number, path: string): string {
  const manifest = `environments[${index}]`;
  if (path === '') return manifest;
  return /^[\w-]+\.ya?ml\b/.test(path) ? `${manifest}, ${path}` : `${manifest}.${path}`;
}
