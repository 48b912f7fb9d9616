import type { Budget } from './budget.ts';
import { formatValue } from './format.ts';
import type { FunctionTable } from './function.ts';
import { Scope } from './scope.ts';
import type { Block, Command, Node, Operand, Pipeline } from './syntax.ts';
import { MissingVariableError, TemplateError } from './template-error.ts';
import { type Dict, isDict, isList, isTrue, sortedEntries, typeName, type Value } from './value.ts';
import { versionField } from './version-field.ts';

/** `break` and `continue` end the nearest range's round. */
type Flow = 'next' | 'break' | 'continue';

export interface EvaluateOptions {
  readonly functions: FunctionTable;
  readonly budget: Budget;
}

/**
 * Evaluates a template. A variable that is missing does not end it at once, so that all of them are found.
 * @throws TemplateError, MissingVariableError
 */
export function evaluateTemplate(nodes: readonly Node[], data: Dict, options: EvaluateOptions): string {
  return new Evaluator(data, options).template(nodes);
}

class Evaluator {
  private readonly data: Dict;
  private readonly functions: FunctionTable;
  private readonly budget: Budget;
  private readonly scope = new Scope();
  private readonly output: string[] = [];

  constructor(data: Dict, { functions, budget }: EvaluateOptions) {
    this.data = data;
    this.functions = functions;
    this.budget = budget;
    this.scope.declare('', data);
  }

  template(nodes: readonly Node[]): string {
    const missing = new Set<string>();
    for (const node of nodes) {
      try {
        this.node(node, this.data);
      } catch (error) {
        if (error instanceof MissingVariableError) for (const name of error.variables) missing.add(name);
        else if (missing.size === 0) throw error;
        // Else it may well be a consequence of what is missing.
      }
    }
    if (missing.size > 0) throw new MissingVariableError([...missing]);
    return this.output.join('');
  }

  private nodes(nodes: readonly Node[], dot: Value): Flow {
    for (const node of nodes) {
      const flow = this.node(node, dot);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  private node(node: Node, dot: Value): Flow {
    this.budget.step();
    switch (node.kind) {
      case 'text':
        this.write(node.text);
        return 'next';
      case 'action':
        this.action(node.pipeline, dot);
        return 'next';
      case 'break':
      case 'continue':
        return node.kind;
      case 'range':
        return this.scope.within(() => this.range(node, dot));
      default:
        return this.scope.within(() => this.condition(node, dot));
    }
  }

  private action(pipeline: Pipeline, dot: Value): void {
    const value = this.pipeline(pipeline, dot);
    // Helm leaves out what Go prints for nothing, `<no value>`.
    if (pipeline.variables.length === 0 && value !== null) this.write(formatValue(value, this.budget));
  }

  private condition({ kind, pipeline, body, otherwise }: Block, dot: Value): Flow {
    const value = this.pipeline(pipeline, dot);
    if (!isTrue(value)) return this.nodes(otherwise, dot);
    return this.nodes(body, kind === 'with' ? value : dot);
  }

  private range({ pipeline, body, otherwise }: Block, dot: Value): Flow {
    const { variables, assigns } = pipeline;
    const over = this.pipeline({ ...pipeline, variables: [] }, dot);
    if (typeof over === 'bigint' && variables.length > 1)
      throw new TemplateError("a range over a number has one variable: '{{ range $i := 3 }}'");
    let rounds = 0;
    for (const [key, element] of this.elements(over)) {
      rounds += 1;
      const values = variables.length > 1 ? [key, element] : [element];
      const flow = this.scope.within(() => {
        variables.forEach((name, index) => {
          this.setVariable(name, values[index] ?? null, assigns);
        });
        return this.nodes(body, element);
      });
      if (flow === 'break') break;
    }
    return rounds > 0 ? 'next' : this.nodes(otherwise, dot);
  }

  private *elements(over: Value): Generator<readonly [Value, Value]> {
    if (typeof over === 'bigint') {
      for (let index = 0n; index < over; index += 1n) yield this.element(index, index);
    } else if (over !== null && isList(over)) {
      for (const [index, value] of over.entries()) yield this.element(BigInt(index), value);
    } else if (over !== null && isDict(over)) {
      this.budget.step(over.size);
      for (const [key, value] of sortedEntries(over)) yield this.element(key, value);
    } else if (over !== null) {
      throw new TemplateError(`a range needs a list, a dict or a number, not a ${typeName(over)}`);
    }
  }

  private element(key: Value, value: Value): readonly [Value, Value] {
    this.budget.step();
    return [key, value];
  }

  private pipeline({ variables, assigns, commands }: Pipeline, dot: Value): Value {
    let value: Value | undefined;
    for (const command of commands) value = this.command(command, dot, value);
    const result = value ?? null;
    for (const name of variables) this.setVariable(name, result, assigns);
    return result;
  }

  private setVariable(name: string, value: Value, assigns: boolean): void {
    if (assigns) this.scope.assign(name, value);
    else this.scope.declare(name, value);
  }

  /** `piped` is undefined for the first command of a pipeline. */
  private command({ first, args }: Command, dot: Value, piped: Value | undefined): Value {
    this.budget.step();
    if (first.kind === 'function') {
      const value = this.call(first.name, args, dot, piped);
      return this.fields(value, first.names);
    }
    if (first.kind === 'nil') throw new TemplateError('nil is not a command');
    if (args.length > 0 || piped !== undefined)
      throw new TemplateError('only a function takes arguments: what is called here is a value');
    return this.operand(first, dot);
  }

  private operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'literal':
        return operand.value;
      case 'fields':
        return this.fields(dot, operand.names);
      case 'variable':
        return this.fields(this.scope.get(operand.name), operand.names);
      case 'group':
        return this.fields(this.pipeline(operand.pipeline, dot), operand.names);
      case 'function':
        return this.fields(this.call(operand.name, [], dot, undefined), operand.names);
    }
  }

  private fields(value: Value, names: readonly string[]): Value {
    return names.reduce<Value>((receiver, name) => this.field(receiver, name), value);
  }

  private field(receiver: Value, name: string): Value {
    this.budget.step();
    if (receiver !== null && isDict(receiver)) {
      const value = receiver.get(name);
      if (value !== undefined) return value;
      if (receiver === this.data) throw new MissingVariableError([name]);
      throw new TemplateError(`a dict has no entry '${name}'`);
    }
    const value = receiver instanceof Object ? versionField(receiver, name) : undefined;
    if (value === undefined) throw new TemplateError(`a ${typeName(receiver)} has no field '${name}'`);
    return value;
  }

  private call(name: string, args: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    if (name === 'and' || name === 'or') return this.shortCircuit(name, args, dot, piped);
    const body = this.functions.get(name);
    if (body === undefined) throw new TemplateError(`there is no function '${name}'`);
    const values = args.map((arg) => this.operand(arg, dot));
    if (piped !== undefined) values.push(piped);
    this.budget.step(values.reduce<number>((cost, value) => cost + weight(value), 1));
    const result = named(name, () => body(values, this.budget));
    if (typeof result === 'string') this.budget.grow(result.length);
    return result;
  }

  /** The first argument that settles it; those after it are not evaluated. */
  private shortCircuit(
    name: 'and' | 'or',
    args: readonly Operand[],
    dot: Value,
    piped: Value | undefined,
  ): Value {
    let value: Value | undefined;
    for (const arg of args) {
      value = this.operand(arg, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    const last = piped ?? value;
    if (last === undefined) throw new TemplateError(`${name}: needs an argument`);
    return last;
  }

  private write(text: string): void {
    this.budget.grow(text.length);
    this.output.push(text);
  }
}

/** What it costs to look at an argument: most functions go through all of it. */
function weight(value: Value): number {
  if (typeof value === 'string') return Math.ceil(value.length / 1_000);
  if (value === null || typeof value !== 'object') return 0;
  if (isList(value)) return Math.ceil(value.length / 100);
  return isDict(value) ? Math.ceil(value.size / 10) : 0;
}

/** Puts the function's name before what it complains about. */
function named(name: string, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateError) throw new TemplateError(`${name}: ${error.message}`);
    throw error;
  }
}
