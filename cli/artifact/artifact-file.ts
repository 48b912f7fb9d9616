import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { ARTIFACT_LIMITS, parseArtifact, parseJson } from '../../shared/contract/artifact-document.ts';
import { CliError } from '../cli-error.ts';

/** An artifact as somebody wrote it: what we do not know is kept. */
const documentSchema = z.looseObject({
  id: z.string().nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
  vars: z.record(z.string(), z.unknown()).nullish(),
  items: z.array(z.unknown()).nullish(),
  environments: z.array(z.unknown()).nullish(),
});
export type ArtifactDocument = z.infer<typeof documentSchema>;

/**
 * Reads an artifact file and checks it as the server will.
 * @throws CliError when it can't be read; GimletdError when it is no artifact.
 */
export async function readArtifactFile(path: string): Promise<{ document: ArtifactDocument; text: string }> {
  const text = await readInputFile(path, 'Make it with gimlet artifact create -o FILE.');
  return { document: checkedDocument(text), text };
}

/**
 * Puts an artifact where the old one was: whole or not at all.
 * @throws GimletdError when it would be no artifact any more; then the file stays as it was.
 */
export async function writeArtifactFile(path: string, document: unknown): Promise<void> {
  const text = `${JSON.stringify(document, null, 2)}\n`;
  checkedDocument(text);
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${randomUUID().slice(0, 8)}`;
  try {
    const mode = await stat(target).then(
      (old) => old.mode & 0o777,
      () => 0o644,
    );
    await writeFile(temporary, text, { mode });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(`Could not write ${path}`, error);
  }
}

/** @throws CliError that says why it can't be read. */
export async function readInputFile(path: string, hintIfMissing: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new CliError(`There is no file ${path}.`, { code: 'no-such-file', hint: hintIfMissing });
    }
    throw fileError(`Could not read ${path}`, error);
  }
}

function checkedDocument(text: string): ArtifactDocument {
  const document = parseJson(text, ARTIFACT_LIMITS);
  parseArtifact(document);
  return documentSchema.parse(document);
}

function fileError(what: string, error: unknown): CliError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CliError(`${what}: ${reason}`, { code: 'file', cause: error });
}
