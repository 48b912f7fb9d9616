import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../../../docs/reference/cli-intro.ts';
import { REFERENCE_PAGES } from '../../../docs/reference/reference-pages.ts';
import { ROOT } from '../../../infra/bundle.ts';
import { ROUTES } from '../../../shared/contract/routes.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('the reference', () => {
  it.each(Object.entries(REFERENCE_PAGES))('docs/%s is what npm run docs writes', async (name, make) => {
    expect(read(`docs/${name}`)).toBe(await make());
  });

  it('shows every route', () => {
    const headings = read('docs/api.md').match(/^### [A-Z]+ \/.*$/gm) ?? [];
    for (const { method, path } of ROUTES)
      expect(headings).toContain(`### ${method} ${path.replace('{id+}', '{id}')}`);
  });

  it('says something of each flag, parameter and command', () => {
    expect(read('docs/cli.md').match(/^\| `.*` \| +(\(.*\) +)?\|$/gm) ?? []).toEqual([]);
  });

  it('has every variable that the CLI reads, but those of CI systems', () => {
    const files = readdirSync(join(ROOT, 'cli'), { recursive: true, encoding: 'utf8' });
    const found = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) =>
        [...read(join('cli', file)).matchAll(/env\['([A-Z_]+)'\]/g)].map(([, name]) => [file, name]),
      )
      .filter(([file, name = '']) => !file?.startsWith('ci/') || name.startsWith('GIMLET_'));
    expect(new Set(found.map(([, name]) => name))).toEqual(new Set(Object.keys(VARIABLES)));
  });
});
