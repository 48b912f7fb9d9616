/** Of a long text the beginning, without half a character at its end: a decision has to fit into an item of the table. */
export function beginning(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}
