import { textTable } from '../git/text-table.ts';

/** What was measured with so much stored, by the column it stands in. */
export interface GrowthRow {
  readonly stored: number;
  readonly figures: Readonly<Record<string, number>>;
}

/**
 * A row for each size, a column for each figure, and beside it how many times that of the first row it is.
 * `heading` is that of the figures, and says what they are.
 */
export function growthTable(heading: string, rows: readonly GrowthRow[]): string {
  const [smallest] = rows;
  const columns = Object.keys(smallest?.figures ?? {});
  const cells = (figures: GrowthRow['figures']) =>
    columns.flatMap((column) => {
      const [figure, first] = [figures[column] ?? Number.NaN, smallest?.figures[column] ?? Number.NaN];
      return [figure.toFixed(0), `${(figure / first).toFixed(2)} ×`];
    });
  return textTable([
    [heading, ...columns.flatMap((column) => [column, ''])],
    ...rows.map(({ stored, figures }) => [`${stored.toLocaleString('en')} stored`, ...cells(figures)]),
  ]);
}
