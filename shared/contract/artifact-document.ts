import { fieldErrors } from '../errors/field-errors.ts';
import type { FieldError } from '../errors/gimletd-error.ts';
import { manifestSchema } from '../manifest/manifest-schema.ts';

/** The artifact as a file: read, checked and named by clients exactly as the server does. */
export type { ArtifactContent } from '../artifact/artifact.ts';
export { artifactId } from '../artifact/artifact-id.ts';
export { ARTIFACT_LIMITS, parseArtifact } from '../artifact/parse-artifact.ts';
export { parseJson } from '../artifact/parse-json.ts';
export { type FieldError, GimletdError } from '../errors/gimletd-error.ts';

/** What the server would find wrong with an environment of an artifact; none when all is well. */
export function manifestProblems(document: unknown): FieldError[] {
  const parsed = manifestSchema.safeParse(document);
  return parsed.success ? [] : fieldErrors(parsed.error);
}
