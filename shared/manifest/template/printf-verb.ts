import type { Budget } from './budget.ts';
import { formatFloat, formatValue, goExponent, nonFinite, quote } from './format.ts';
import { TemplateError } from './template-error.ts';
import { isDict, isList, sortedEntries, typeName, type Value } from './value.ts';

/** The flags, width and precision between `%` and its verb. */
export interface VerbSpec {
  readonly left: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly precision: number | undefined;
}

/** A value as Go's Sprintf prints it for a verb; what does not fit as `%!d(string=x)`. */
export function formatVerb(verb: string, value: Value, spec: VerbSpec, budget: Budget): string {
  if (verb === 'v') return formatAny(value, spec, budget);
  if (typeof value === 'string') return formatText(verb, value, spec) ?? misfit(verb, value, spec, budget);
  if (typeof value === 'bigint') return formatInteger(verb, value, spec) ?? misfit(verb, value, spec, budget);
  if (typeof value === 'number') return formatNumber(verb, value, spec) ?? misfit(verb, value, spec, budget);
  if (typeof value === 'boolean')
    return verb === 't' ? pad(String(value), spec) : misfit(verb, value, spec, budget);
  if (value === null) return `%!${verb}(<nil>)`;
  return formatElements(verb, value, spec, budget);
}

function formatAny(value: Value, spec: VerbSpec, budget: Budget): string {
  if (spec.sharp) throw new TemplateError("'%#v' is not supported: use %v or %q");
  // To `%v` a plus means other things than the sign of numbers, none of which we have.
  const plain = { ...spec, plus: false };
  if (typeof value === 'string') return formatText('s', value, plain) ?? value;
  if (typeof value === 'bigint') return formatInteger('d', value, plain) ?? '';
  if (typeof value === 'number') return formatNumber('g', value, plain) ?? '';
  if (typeof value === 'boolean' || value === null) return pad(formatValue(value, budget), plain);
  return formatElements('v', value, plain, budget);
}

/** Lists and dicts: the verb is for each of their elements. */
function formatElements(verb: string, value: Value & object, spec: VerbSpec, budget: Budget): string {
  budget.step();
  if (isList(value)) return `[${value.map((element) => formatVerb(verb, element, spec, budget)).join(' ')}]`;
  if (!isDict(value)) return formatVerb(verb, value.toString(), spec, budget);
  const entries = sortedEntries(value).map(
    ([key, entry]) => `${formatVerb(verb, key, spec, budget)}:${formatVerb(verb, entry, spec, budget)}`,
  );
  return `map[${entries.join(' ')}]`;
}

function misfit(verb: string, value: Value, spec: VerbSpec, budget: Budget): string {
  return `%!${verb}(${typeName(value)}=${formatAny(value, { ...spec, sharp: false }, budget)})`;
}

function formatText(verb: string, value: string, spec: VerbSpec): string | undefined {
  const cut = spec.precision === undefined ? value : [...value].slice(0, spec.precision).join('');
  if (verb === 's') return pad(cut, spec);
  if (verb === 'q') return pad(spec.sharp && !cut.includes('`') ? `\`${cut}\`` : quote(cut), spec);
  if (verb !== 'x' && verb !== 'X') return undefined;
  const hex = Buffer.from(value)
    .toString('hex')
    .slice(0, spec.precision === undefined ? undefined : spec.precision * 2);
  return pad(verb === 'X' ? hex.toUpperCase() : hex, spec);
}

const BASES: Readonly<Record<string, readonly [base: number, prefix: string]>> = {
  d: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, ''],
  x: [16, '0x'],
  X: [16, '0X'],
};

function formatInteger(verb: string, value: bigint, spec: VerbSpec): string | undefined {
  const code = Number(value);
  const char = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '�';
  if (verb === 'c') return pad(char, spec);
  if (verb === 'U') return pad(`U+${value.toString(16).toUpperCase().padStart(4, '0')}`, spec);
  const [base, prefix] = BASES[verb] ?? [];
  if (base === undefined || prefix === undefined) return undefined;
  const magnitude = (value < 0n ? -value : value).toString(base).padStart(spec.precision ?? 1, '0');
  const digits = verb === 'X' ? magnitude.toUpperCase() : magnitude;
  const mark = verb === 'O' ? '0o' : spec.sharp ? prefix : '';
  return padNumber(sign(value < 0n, spec) + mark, digits, {
    ...spec,
    zero: spec.zero && spec.precision === undefined,
  });
}

function formatNumber(verb: string, value: number, spec: VerbSpec): string | undefined {
  if (!'eEfFgG'.includes(verb)) return undefined;
  const size = Math.abs(value);
  if (!Number.isFinite(value))
    return pad(nonFinite(value).replace('+', spec.plus ? '+' : ''), { ...spec, zero: false });
  return padNumber(sign(value < 0 || Object.is(value, -0), spec), magnitude(verb, size, spec), spec);
}

function magnitude(verb: string, size: number, { precision }: VerbSpec): string {
  const digits = Math.min(precision ?? 6, 100);
  if (verb === 'f' || verb === 'F')
    return size < 1e21 ? fixedHalfEven(size, digits) : largeFixed(size, digits);
  if (verb === 'e' || verb === 'E') return exponential(size, digits, verb);
  const text = precision === undefined ? formatFloat(size) : significant(size, Math.max(precision, 1));
  return verb === 'G' ? text.toUpperCase() : text;
}

/** As Go rounds: what lies exactly in the middle goes to the even digit, where JavaScript goes up. */
function fixedHalfEven(size: number, digits: number): string {
  const longer = size.toFixed(Math.min(digits + 25, 100));
  const cut = longer.length - (Math.min(digits + 25, 100) - digits);
  const down = longer.slice(0, cut).replace(/\.$/, '');
  const isEvenTie = /^50+$/.test(longer.slice(cut)) && /[02468]$/.test(down);
  return isEvenTie ? down : size.toFixed(digits);
}

function largeFixed(size: number, digits: number): string {
  return `${BigInt(size)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`;
}

function exponential(size: number, digits: number, verb: string): string {
  const [mantissa = '', exponent = '0'] = size.toExponential(digits).split('e');
  const text = `${mantissa}${goExponent(Number(exponent))}`;
  return verb === 'E' ? text.toUpperCase() : text;
}

/** `%.3g`: so many digits, an exponent where they do not reach, no zeros at the end. */
function significant(size: number, digits: number): string {
  const [mantissa = '', exponent = '0'] = size.toExponential(Math.min(digits, 101) - 1).split('e');
  const power = Number(exponent);
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (power < -4 || power >= digits) return `${short}${goExponent(power)}`;
  return fixedHalfEven(size, Math.max(0, Math.min(digits - 1 - power, 100)))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

function sign(negative: boolean, { plus, space }: VerbSpec): string {
  if (negative) return '-';
  if (plus) return '+';
  return space ? ' ' : '';
}

function padNumber(prefix: string, digits: string, spec: VerbSpec): string {
  if (!spec.zero) return pad(prefix + digits, spec);
  return prefix + digits.padStart(spec.width - prefix.length, '0');
}

function pad(text: string, { width, left, zero }: VerbSpec): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (left) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}
