import { expect, it } from 'vitest';
import { growthTable } from '../../../bench/load/growth-table.ts';

it('has a row for each size, and how many times the first row each of its figures is', () => {
  const rows = [
    { stored: 100, figures: { '1 client': 30, '64 clients': 47 } },
    { stored: 100_000, figures: { '1 client': 27.2, '64 clients': 94 } },
  ];
  expect(
    growthTable('artifacts/s', rows)
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['artifacts/s', '1 client', '64 clients'],
    ['--------------', '--------', '------', '----------', '------'],
    ['100 stored', '30', '1.00 ×', '47', '1.00 ×'],
    ['100,000 stored', '27', '0.91 ×', '94', '2.00 ×'],
  ]);
});
