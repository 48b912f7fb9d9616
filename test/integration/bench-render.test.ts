import { expect, it } from 'vitest';
import { makeCases } from '../../bench/render/cases.ts';
import { ensureHelm } from '../../local/toolchain/helm.ts';
import { ensureKubectl } from '../../local/toolchain/kubectl.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('the bench of rendering measures releases that are rendered, each in its own way', async () => {
  using folder = temporaryFolder();
  const helm = await ensureHelm();
  const cases = await makeCases({ helm, kubectl: await ensureKubectl(), directory: folder.path });
  const bundles: unknown[] = [];
  for (const { run } of cases.slice(1)) bundles.push(await run());
  const [chart, patched, raw, cached] = bundles as { readonly bundle: string }[];
  expect(cached).toEqual(chart);
  expect(new Set([chart, patched, raw].map((made) => made?.bundle)).size).toBe(3);
});
