import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTemplate } from '../../shared/manifest/template/index.ts';
import { helmTpl } from '../support/helm-oracle.ts';
import { templateArbitrary } from '../support/template-arbitrary.ts';
import { TEMPLATE_DATA } from '../support/template-expressions.ts';

const IN_ONE_PROCESS = 100;
/** `npm run nightly` has the time for more. */
const TEMPLATES = process.env['MODE'] === 'nightly' ? 20_000 : 2_000;

describe('templates in manifests', () => {
  it("come out as helm's own tpl renders them", async () => {
    const templates = fc.array(templateArbitrary(), { minLength: IN_ONE_PROCESS, maxLength: IN_ONE_PROCESS });
    await fc.assert(
      fc.asyncProperty(templates, async (some) => {
        const wanted = await helmTpl(some, TEMPLATE_DATA);
        some.forEach((template, index) => {
          const ours = renderTemplate(template, new Map(Object.entries(TEMPLATE_DATA)));
          expect(ours, template).toBe(wanted[index]);
        });
      }),
      { numRuns: TEMPLATES / IN_ONE_PROCESS, endOnFailure: true },
    );
  }, 900_000);
});
