import { expect, it } from 'vitest';
import { closingLine } from '../chaos/report.ts';
import { runSystemChaos } from '../chaos/system/system-chaos.ts';

it('functions that are killed, on a bad day at the cloud, lose nothing that the API accepted', {
  timeout: 400_000,
}, async () => {
  const report = await runSystemChaos({ kills: 8, seed: 1, everyStep: false });
  expect(report.verdict).toMatchObject({
    ...{ lost: [], doubled: [], outOfOrder: [], unapproved: [], untold: [], spoiled: [] },
  });
  expect(report.verdict.releases).toBeGreaterThan(0);
  expect(report.tally.of('notices it took')).toBeGreaterThan(0);
  expect(closingLine(report)).toMatch(
    /^\d+ kills, \d+ releases, 0 lost, 0 double, 0 out of order, 0 unapproved, 0 untold$/,
  );
});
