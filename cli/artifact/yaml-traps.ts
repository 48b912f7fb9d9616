import { type Document, isMap, isPair, isScalar, type LineCounter, type Node, visit } from 'yaml';

/** Valid YAML that does not mean what whoever wrote it meant; a sentence each, with the line. */
export function yamlTraps(document: Document.Parsed, lines: LineCounter): string[] {
  const problems: string[] = [];
  visit(document, {
    Node: (key, node, path) => {
      const parent = path.at(-1);
      const field =
        key === 'value' && isPair(parent) && isScalar(parent.key) ? `${String(parent.key.value)}: ` : '';
      const problem = tagTrap(node, document) ?? templateTrap(node) ?? numberTrap(node);
      if (problem !== undefined) problems.push(`line ${lineOf(node, lines)}: ${field}${problem}`);
    },
  });
  return problems;
}

/** `branch: !main` is an empty string with a tag. */
function tagTrap(node: Node, document: Document.Parsed): string | undefined {
  const tag = 'tag' in node ? node.tag : undefined;
  const isOurs = document.warnings.some(({ code }) => code === 'TAG_RESOLVE_FAILED');
  if (tag === undefined || !isOurs || !tag.startsWith('!')) return undefined;
  return `in YAML ${tag} is a tag, not a text: quote it, "${tag}"`;
}

/** `tag: {{ .SHA }}` is a map that has a map as its key. */
function templateTrap(node: Node): string | undefined {
  if (!isMap(node) || !node.flow) return undefined;
  const [first] = node.items;
  const isTemplate = node.items.length === 1 && isMap(first?.key) && first.key.flow === true;
  return isTemplate ? 'a template must be quoted: "{{ … }}"' : undefined;
}

/** JSON, and so the artifact, would carry another number. */
function numberTrap(node: Node): string | undefined {
  if (!isScalar(node) || typeof node.value !== 'number') return undefined;
  const { value, source } = node;
  const isCarried = Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
  return isCarried ? undefined : `the number ${source} can't be kept as it is: quote it`;
}

function lineOf(node: Node, lines: LineCounter): number {
  return lines.linePos(node.range?.[0] ?? 0).line;
}
