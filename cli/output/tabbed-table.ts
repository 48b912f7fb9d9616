/** A line a row, tabs between the cells, no head: for `cut`, `sort` and their like. */
export function tabbedTable(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map((cell) => cell.replace(/[\t\n]+/g, ' ')).join('\t')).join('\n');
}
