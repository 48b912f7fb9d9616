const ACTION = /\{\{(.*?)\}\}/gs;
/** `.SHA`, but not `.b` of `.a.b` or `$x.b`, nor a number. */
const VARIABLE = /(?<![\w.)$])\.([A-Za-z_]\w*)/g;

/** The variables that a document's texts ask for, sorted; perhaps some more, as inside `with` and `range` a dot is another. */
export function variableNames(document: unknown): string[] {
  const names = new Set<string>();
  visit(document, names);
  return [...names].sort();
}

function visit(value: unknown, names: Set<string>): void {
  if (typeof value === 'string') {
    for (const [, action = ''] of value.matchAll(ACTION))
      for (const [, name = ''] of withoutTexts(action).matchAll(VARIABLE)) names.add(name);
  } else if (typeof value === 'object' && value !== null) {
    for (const field of Object.values(value)) visit(field, names);
  }
}

function withoutTexts(action: string): string {
  return action.replaceAll(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '""');
}
