/** Writes the pages of docs/ that are made from the code: `npm run docs`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { REFERENCE_PAGES } from './reference-pages.ts';

for (const [name, make] of Object.entries(REFERENCE_PAGES)) {
  const file = fileURLToPath(new URL(`../${name}`, import.meta.url));
  await writeFile(file, await make());
  console.log(`docs/${name}`);
}
