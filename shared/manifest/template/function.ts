import type { Budget } from './budget.ts';
import { TemplateError } from './template-error.ts';
import { type Dict, isDict, isList, type List, typeName, type Value } from './value.ts';

/** `budget` is charged before something large is made. */
export type TemplateFunction = (args: readonly Value[], budget: Budget) => Value;
export type FunctionTable = ReadonlyMap<string, TemplateFunction>;

/** Takes a value for a parameter, or says why it is of the wrong kind. */
export type Parameter<T> = (value: Value) => T;

type ValuesOf<P extends readonly Parameter<unknown>[]> = { [K in keyof P]: ReturnType<P[K]> };

/** A function of as many arguments as it has parameters. */
export function fixed<const P extends readonly Parameter<unknown>[]>(
  parameters: P,
  body: (args: ValuesOf<P>, budget: Budget) => Value,
): TemplateFunction {
  return (args, budget) => {
    if (args.length !== parameters.length) throw wrongCount(`${parameters.length}`, args.length);
    return body(parameters.map((parameter, index) => read(parameter, args, index)) as ValuesOf<P>, budget);
  };
}

/** A function whose last parameter takes any number of arguments. */
export function variadic<const P extends readonly Parameter<unknown>[], T>(
  parameters: P,
  rest: Parameter<T>,
  body: (args: ValuesOf<P>, rest: T[], budget: Budget) => Value,
): TemplateFunction {
  return (args, budget) => {
    if (args.length < parameters.length) throw wrongCount(`at least ${parameters.length}`, args.length);
    const first = parameters.map((parameter, index) => read(parameter, args, index)) as ValuesOf<P>;
    const others = args
      .slice(parameters.length)
      .map((_, index) => read(rest, args, parameters.length + index));
    return body(first, others, budget);
  };
}

export function any(value: Value): Value {
  return value;
}

export function text(value: Value): string {
  if (typeof value === 'string') return value;
  throw wrongKind('a string', value);
}

/** A whole number that is small enough to count with. */
export function count(value: Value): number {
  const whole = integer(value);
  if (whole >= -(2n ** 31n) && whole < 2n ** 31n) return Number(whole);
  throw new TemplateError(`${whole} is too large`);
}

function integer(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw wrongKind('an integer', value);
}

export function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongKind('true or false', value);
}

export function list(value: Value): List {
  if (value !== null && isList(value)) return value;
  throw wrongKind('a list', value);
}

export function dict(value: Value): Dict {
  if (value !== null && isDict(value)) return value;
  throw wrongKind('a dict', value);
}

function read<T>(parameter: Parameter<T>, args: readonly Value[], index: number): T {
  try {
    return parameter(args[index] ?? null);
  } catch (error) {
    if (error instanceof TemplateError) throw new TemplateError(`argument ${index + 1} ${error.message}`);
    throw error;
  }
}

function wrongKind(wanted: string, value: Value): TemplateError {
  return new TemplateError(`must be ${wanted}, not ${value === null ? 'nil' : `a ${typeName(value)}`}`);
}

function wrongCount(wanted: string, got: number): TemplateError {
  return new TemplateError(`takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${got}`);
}
