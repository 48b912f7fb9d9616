/**
 * The pieces of a template. Spaces inside an action are pieces too: `.a .b` is two arguments, `.a.b` is one.
 * `word` is an identifier or keyword; `field` is `.name` and `variable` is `$name`, both without their mark.
 */
export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'word'
  | 'field'
  | 'variable'
  | 'dot'
  | 'number'
  | 'char'
  | 'string'
  | 'pipe'
  | 'comma'
  | 'declare'
  | 'assign'
  | 'leftParen'
  | 'rightParen'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written, but for `field`, `variable` (the name) and `string` (its value). */
  readonly text: string;
}
