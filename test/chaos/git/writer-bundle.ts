import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFunctionBundle } from '../../../infra/bundling/function-bundle.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Bundles the writer's process into a folder as functions are: it starts in a third of the time. Answers the file. */
export async function bundleWriter(folder: string): Promise<string> {
  const file = join(folder, 'writer.mjs');
  const entry = fileURLToPath(new URL('writer-process.ts', import.meta.url));
  await makeFunctionBundle(ROOT, entry, file);
  return file;
}
