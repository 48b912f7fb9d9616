import { unquote } from './literal.ts';
import { TemplateError } from './template-error.ts';
import type { Token, TokenKind } from './token.ts';

const TRIMMED = ' \t\r\n';
const TRIMMED_START = /^[ \t\r\n]+/;
const COMMENT = /^\{\{(?:-[ \t\r\n]+)?\/\*/;
const COMMENT_END = /^(?:[ \t\r\n]+-)?\}\}/;
const NAME = '[\\p{L}\\p{Nd}_]+';

/** What may stand in an action, in the order in which it is tried. */
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['close', /^(?:[ \t\r\n]+-)?\}\}/],
  ['space', /^[ \t\r\n]+/],
  ['declare', /^:=/],
  ['assign', /^=/],
  ['pipe', /^\|/],
  ['comma', /^,/],
  ['leftParen', /^\(/],
  ['rightParen', /^\)/],
  ['string', /^"(?:[^"\\\n]|\\.)*"/],
  ['string', /^`[^`]*`/],
  ['char', /^'(?:[^'\\\n]|\\.)+'/],
  ['number', /^[+-]?(?:\.?\d)[\w.]*(?:(?<=[eEpP])[+-][\w.]*)?/],
  ['field', new RegExp(`^\\.${NAME}`, 'u')],
  ['dot', /^\./],
  ['variable', new RegExp(`^\\$(?:${NAME})?`, 'u')],
  ['word', new RegExp(`^${NAME}`, 'u')],
];

/** What may follow a name, a field or a variable. */
const TERMINATOR = /^(?:$|[ \t\r\n.,|:)(]|\}\})/;

/**
 * Cuts a template into text and the pieces of its actions; trim markers are applied, comments are gone.
 * @throws TemplateError
 */
export function tokenize(template: string): Token[] {
  const tokens: Token[] = [];
  let rest = template;
  let trimNext = false;
  for (;;) {
    const start = rest.indexOf('{{');
    const before = start < 0 ? rest : rest.slice(0, start);
    rest = start < 0 ? '' : rest.slice(start);
    const trimsBefore = /^\{\{-[ \t\r\n]/.test(rest);
    const left = trimNext ? before.replace(TRIMMED_START, '') : before;
    const text = trimsBefore ? trimEnd(left) : left;
    if (text !== '') tokens.push({ kind: 'text', text });
    if (start < 0) return [...tokens, { kind: 'end', text: '' }];
    const action = COMMENT.test(rest) ? skipComment(rest) : readAction(rest, trimsBefore, tokens);
    trimNext = action.trimsAfter;
    rest = action.rest;
  }
}

interface AfterAction {
  readonly rest: string;
  readonly trimsAfter: boolean;
}

function skipComment(source: string): AfterAction {
  const end = source.indexOf('*/');
  if (end < 0) throw new TemplateError("a comment '{{/*' is not closed by '*/}}'");
  const rest = source.slice(end + 2);
  const close = COMMENT_END.exec(rest)?.[0];
  if (close === undefined) throw new TemplateError("a comment must end in '*/}}' or '*/ -}}'");
  return { rest: rest.slice(close.length), trimsAfter: close !== '}}' };
}

function readAction(source: string, trimsBefore: boolean, tokens: Token[]): AfterAction {
  tokens.push({ kind: 'open', text: '{{' });
  let rest = source.slice(trimsBefore ? 3 : 2);
  for (;;) {
    const token = nextToken(rest);
    rest = rest.slice(token.length);
    tokens.push({ kind: token.kind, text: token.text });
    if (token.kind === 'close') return { rest, trimsAfter: token.text !== '}}' };
  }
}

interface ReadToken extends Token {
  readonly length: number;
}

function nextToken(source: string): ReadToken {
  for (const [kind, rule] of RULES) {
    const match = rule.exec(source)?.[0];
    if (match !== undefined) return readToken(kind, match, source.slice(match.length));
  }
  if (source === '') throw new TemplateError("an action '{{' is not closed by '}}'");
  const quote = /^["`']/.exec(source)?.[0];
  if (quote !== undefined) throw new TemplateError(`a text in an action is not closed by ${quote}`);
  throw new TemplateError(`an action can't have '${[...source][0]}' here: ${excerpt(source)}`);
}

function readToken(kind: TokenKind, match: string, after: string): ReadToken {
  const isName = kind === 'word' || kind === 'field' || kind === 'variable';
  if ((isName || kind === 'number') && !TERMINATOR.test(after))
    throw new TemplateError(`'${match}' can't be followed by '${[...after][0]}'`);
  const text = kind === 'field' || kind === 'variable' ? match.slice(1) : match;
  return { kind, text: kind === 'string' ? unquote(match) : text, length: match.length };
}

function excerpt(source: string): string {
  return `'${source.slice(0, 40)}'`;
}

/** By hand: the regular expression would take quadratic time on a long run of spaces in the middle of a text. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && TRIMMED.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
