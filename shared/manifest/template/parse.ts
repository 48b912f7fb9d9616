import { charValue, numberValue } from './literal.ts';
import type { Block, Command, Node, Operand, Pipeline } from './syntax.ts';
import { TemplateError } from './template-error.ts';
import type { Token, TokenKind } from './token.ts';
import { tokenize } from './tokenize.ts';

const MAX_NESTING = 100;
const BLOCKS: ReadonlySet<string> = new Set(['if', 'with', 'range']);
const NOT_TEMPLATES_OF_ONE_TEXT: ReadonlySet<string> = new Set(['define', 'template', 'block']);

/**
 * Reads a template in Go's syntax. `isFunction` says which functions there are, or throws to say why not.
 * @throws TemplateError
 */
export function parseTemplate(template: string, isFunction: (name: string) => boolean): readonly Node[] {
  return new Parser(tokenize(template), isFunction).template();
}

/** How a list of nodes ended. */
type Ending = 'end' | 'else' | 'eof';

class Parser {
  private at = 0;
  private nesting = 0;
  private rangeDepth = 0;
  /** Variables that are declared where we are; blocks forget theirs. */
  private readonly variables: string[] = [''];
  private readonly tokens: readonly Token[];
  private readonly isFunction: (name: string) => boolean;

  constructor(tokens: readonly Token[], isFunction: (name: string) => boolean) {
    this.tokens = tokens;
    this.isFunction = isFunction;
  }

  template(): readonly Node[] {
    const { nodes, ending } = this.nodes();
    if (ending !== 'eof') throw new TemplateError(`'{{ ${ending} }}' without an if, with or range before it`);
    return nodes;
  }

  /** Up to the end of the template, or past the words `end` or `else`. */
  private nodes(): { nodes: Node[]; ending: Ending } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.next();
      if (token.kind === 'end') return { nodes, ending: 'eof' };
      if (token.kind === 'text') nodes.push({ kind: 'text', text: token.text });
      else {
        this.skipSpace();
        const word = this.peek().kind === 'word' ? this.peek().text : '';
        if (word === 'end') {
          this.next();
          this.expectClose("'end'");
          return { nodes, ending: 'end' };
        }
        if (word === 'else') {
          this.next();
          return { nodes, ending: 'else' };
        }
        nodes.push(this.action(word));
      }
    }
  }

  private action(word: string): Node {
    if (NOT_TEMPLATES_OF_ONE_TEXT.has(word))
      throw new TemplateError(`'${word}' is not supported: a value is one template of its own`);
    if (BLOCKS.has(word)) {
      this.next();
      return this.block(word as Block['kind']);
    }
    if (word === 'break' || word === 'continue') {
      this.next();
      if (this.rangeDepth === 0) throw new TemplateError(`'${word}' is only possible inside a range`);
      this.expectClose(`'${word}'`);
      return { kind: word };
    }
    return { kind: 'action', pipeline: this.pipeline('close', 'an action') };
  }

  private block(kind: Block['kind']): Block {
    return this.nested(() => {
      const scope = this.variables.length;
      const pipeline = this.pipeline('close', kind);
      if (kind === 'range') this.rangeDepth += 1;
      const body = this.nodes();
      if (kind === 'range') this.rangeDepth -= 1;
      this.variables.length = Math.min(this.variables.length, scope + pipeline.variables.length);
      const otherwise = body.ending === 'else' ? this.otherwise(kind) : this.ended(kind, body.ending);
      this.variables.length = scope;
      return { kind, pipeline, body: body.nodes, otherwise };
    });
  }

  private otherwise(kind: Block['kind']): readonly Node[] {
    this.skipSpace();
    const next = this.peek();
    // `else if` shares the `end` of its `if`, and `else with` that of its `with`.
    if (next.kind === 'word' && next.text === kind && kind !== 'range') {
      this.next();
      return [this.block(kind)];
    }
    this.expectClose("'else'");
    const { nodes, ending } = this.nodes();
    this.ended(kind, ending);
    return nodes;
  }

  private ended(kind: Block['kind'], ending: Ending): readonly Node[] {
    if (ending === 'else') throw new TemplateError(`'${kind}' has more than one 'else'`);
    if (ending === 'eof') throw new TemplateError(`'${kind}' is not closed by '{{ end }}'`);
    return [];
  }

  private pipeline(until: TokenKind, of: string): Pipeline {
    this.skipSpace();
    const { variables, assigns } = this.declarations(of);
    const commands: Command[] = [];
    for (;;) {
      this.skipSpace();
      if (this.peek().kind === until) break;
      commands.push(this.command());
      if (this.peek().kind !== 'pipe') break;
      this.next();
      this.skipSpace();
      if (this.peek().kind === until) throw new TemplateError("there is nothing after '|'");
    }
    const last = this.next();
    if (last.kind !== until) throw unexpected(last, of);
    if (commands.length === 0) throw new TemplateError(`${of} has no value`);
    checkStages(commands);
    this.variables.push(...(assigns ? [] : variables));
    return { variables, assigns, commands };
  }

  /** `$x :=`, `$x =` and, of a range, `$i, $x :=`; nothing is read when it is something else. */
  private declarations(of: string): { variables: string[]; assigns: boolean } {
    const start = this.at;
    const variables: string[] = [];
    while (this.peek().kind === 'variable') {
      variables.push(this.next().text);
      this.skipSpace();
      const { kind } = this.next();
      if (kind === 'declare' || kind === 'assign') {
        const assigns = kind === 'assign';
        if (variables.length > (of === 'range' ? 2 : 1))
          throw new TemplateError(`${of} declares too many variables`);
        if (assigns) for (const name of variables) this.checkVariable(name);
        return { variables, assigns };
      }
      if (kind !== 'comma') break;
      this.skipSpace();
    }
    this.at = start;
    return { variables: [], assigns: false };
  }

  private command(): Command {
    const first = this.operand();
    if (first === undefined) throw unexpected(this.peek(), 'an action');
    const args: Operand[] = [];
    while (this.peek().kind === 'space') {
      this.skipSpace();
      const arg = this.operand();
      if (arg === undefined) break;
      args.push(arg);
    }
    return { first, args };
  }

  /** A term and the fields that follow it; undefined when there is none here. */
  private operand(): Operand | undefined {
    const token = this.peek();
    if (token.kind === 'leftParen') return this.group();
    const simple = this.simpleOperand(token);
    if (simple === undefined) return undefined;
    this.next();
    const names = this.fields();
    if (names.length === 0) return simple;
    if (simple.kind === 'fields') return { ...simple, names: [...simple.names, ...names] };
    if (simple.kind === 'variable' || simple.kind === 'function') return { ...simple, names };
    throw new TemplateError(`'${token.text}' has no fields: '.${names[0]}' can't follow it`);
  }

  private group(): Operand {
    return this.nested(() => {
      this.next();
      const pipeline = this.pipeline('rightParen', 'a parenthesis');
      return { kind: 'group', pipeline, names: this.fields() };
    });
  }

  private simpleOperand({ kind, text }: Token): Operand | undefined {
    if (kind === 'dot') return { kind: 'dot' };
    if (kind === 'field') return { kind: 'fields', names: [text] };
    if (kind === 'string') return { kind: 'literal', value: text };
    if (kind === 'number') return { kind: 'literal', value: numberValue(text) };
    if (kind === 'char') return { kind: 'literal', value: charValue(text) };
    if (kind === 'variable') return { kind: 'variable', name: this.checkVariable(text), names: [] };
    return kind === 'word' ? this.word(text) : undefined;
  }

  private word(text: string): Operand {
    if (text === 'nil') return { kind: 'nil' };
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
    if (!this.isFunction(text)) throw new TemplateError(`there is no function '${text}'`);
    return { kind: 'function', name: text, names: [] };
  }

  private fields(): string[] {
    const names: string[] = [];
    while (this.peek().kind === 'field') names.push(this.next().text);
    return names;
  }

  private checkVariable(name: string): string {
    if (this.variables.includes(name)) return name;
    throw new TemplateError(`'$${name}' is not declared here: write {{ $${name} := … }} before`);
  }

  private nested<T>(read: () => T): T {
    this.nesting += 1;
    if (this.nesting > MAX_NESTING)
      throw new TemplateError(`a template may nest ${MAX_NESTING} deep: this is more`);
    const result = read();
    this.nesting -= 1;
    return result;
  }

  private expectClose(after: string): void {
    this.skipSpace();
    const token = this.next();
    if (token.kind !== 'close') throw unexpected(token, after);
  }

  private skipSpace(): void {
    while (this.peek().kind === 'space') this.at += 1;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  private next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }
}

/** What is piped into must be able to take it. */
function checkStages(commands: readonly Command[]): void {
  const wrong = commands.slice(1).find(({ first }) => ['dot', 'nil', 'literal'].includes(first.kind));
  if (wrong) throw new TemplateError("only a function can stand after '|'");
}

function unexpected(token: Token, where: string): TemplateError {
  const what = token.kind === 'end' ? 'the end' : `'${token.text}'`;
  return new TemplateError(`${where} can't have ${what} here`);
}
