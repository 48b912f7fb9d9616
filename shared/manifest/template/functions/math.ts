import { toFloat, toInteger } from '../convert.ts';
import { any, count, fixed, type TemplateFunction, text, variadic } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { int64, type Value } from '../value.ts';

/** sprig's arithmetic, on what `int` or `float64` make of each argument. */
export const MATH_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  int: fixed([any], ([value]) => toInteger(value)),
  int64: fixed([any], ([value]) => toInteger(value)),
  float64: fixed([any], ([value]) => toFloat(value)),
  atoi: fixed([text], ([value]) => (/^[+-]?\d+$/.test(value) ? clamp(BigInt(value.replace('+', ''))) : 0n)),
  toDecimal: fixed([any], ([value]) => (/^[0-7]+$/.test(String(value)) ? int64(BigInt(`0o${value}`)) : 0n)),
  add: variadic([], any, (_, values) => fold(values, 0n, (a, b) => a + b)),
  add1: fixed([any], ([value]) => int64(toInteger(value) + 1n)),
  sub: fixed([any, any], ([a, b]) => int64(toInteger(a) - toInteger(b))),
  mul: variadic([any], any, ([first], others) => fold(others, toInteger(first), (a, b) => a * b)),
  div: fixed([any, any], ([a, b]) => int64(toInteger(a) / divisor(b))),
  mod: fixed([any, any], ([a, b]) => toInteger(a) % divisor(b)),
  max: variadic([any], any, ([first], others) => fold(others, toInteger(first), larger)),
  biggest: variadic([any], any, ([first], others) => fold(others, toInteger(first), larger)),
  min: variadic([any], any, ([first], others) => fold(others, toInteger(first), smaller)),
  maxf: variadic([any], any, ([first], others) => Math.max(toFloat(first), ...others.map(toFloat))),
  minf: variadic([any], any, ([first], others) => Math.min(toFloat(first), ...others.map(toFloat))),
  floor: fixed([any], ([value]) => Math.floor(toFloat(value))),
  ceil: fixed([any], ([value]) => Math.ceil(toFloat(value))),
  round: variadic([any, count], any, ([value, places], [half = 0.5]) =>
    round(toFloat(value), places, toFloat(half)),
  ),
};

function fold(values: readonly Value[], start: bigint, combine: (a: bigint, b: bigint) => bigint): bigint {
  return values.reduce<bigint>((result, value) => int64(combine(result, toInteger(value))), start);
}

function divisor(value: Value): bigint {
  const number = toInteger(value);
  if (number === 0n) throw new TemplateError("can't divide by zero");
  return number;
}

/** What does not fit in 64 bits becomes the nearest that does, as Go's Atoi leaves it. */
function clamp(value: bigint): bigint {
  const most = 2n ** 63n - 1n;
  if (value > most) return most;
  return value < -most - 1n ? -most - 1n : value;
}

function round(value: number, places: number, half: number): number {
  const power = 10 ** places;
  const digit = power * value;
  const fraction = digit % 1;
  return (fraction >= half ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a > b ? b : a;
}
