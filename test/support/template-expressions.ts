import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

/** Expressions by the type that Go gives them: a template of them can always be evaluated. */
interface Expressions {
  readonly text: string;
  readonly int: string;
  readonly float: string;
  readonly truth: string;
  readonly list: string;
  readonly dict: string;
}
type Types = { readonly [K in keyof Expressions]: Text };

/** Templates that only use these variables can be evaluated. */
export const TEMPLATE_DATA: Readonly<Record<string, string>> = {
  BRANCH: 'feature/Add_login-page',
  SHA: '8f4d2c1b9a',
  EMPTY: '',
  NUMBER: '42',
  VERSION: 'v1.12.3-rc.1+build',
  SPACED: '  two words\tand more \n',
  MARKED: `a"b'c{{ .SHA }}\\d: #e`,
  WORLD: 'Grüße, Ωmega 世界 ß',
};

const DEPTH = { depthIdentifier: 'template', maxDepth: 4 } as const;
const word = fc.constantFrom('', 'a', 'b', 'ab', '-', '/', 'Foo bar', '.', 'x\ny', 'é世', '"', '%', ' ');
/** Go's text in quotes; what JSON writes for these is the same. */
const textLiteral = fc.oneof(
  word.map((value) => JSON.stringify(value)),
  fc.constantFrom('`raw \\n text`', '`"`', '"\\u00e9\\x41"'),
);
const smallInt = fc.integer({ min: -3, max: 12 }).map(String);
const length = fc.integer({ min: 0, max: 4 }).map(String);
const divisor = fc.constantFrom('3', '-2', '7');
const key = fc.constantFrom('"k"', '"l"', '"m"');
/** Where a character of several bytes would be cut in two, or where the library below sprig mangles it. */
const ascii = fc.constantFrom(
  '$.SPACED',
  '$.MARKED',
  '$.VERSION',
  '$.BRANCH',
  '$.EMPTY',
  '(sha256sum $.WORLD)',
);
const version = fc.constantFrom('$.VERSION', '"1.12.4"', '"0.3.1"', '"2.0"', '"1.0.0-alpha.2"');
const range = fc.constantFrom(
  ...[
    '^1.2',
    '>=1.0.0-0',
    '~1.12.3-0',
    '<2',
    '1.x || 3',
    '0.3',
    '>0.3, <=2',
    '!=1.12.4',
    '^0.3.0',
    '1.0 - 1.13',
    '*',
  ].map((text) => JSON.stringify(text)),
);

/** `variables` and `dot` are texts that can be named where the expression will stand. */
export function expressions(variables: readonly string[], dot: string | undefined): Types {
  const names = Object.keys(TEMPLATE_DATA).map((name) => `$.${name}`);
  const named = fc.constantFrom(...names, ...variables, ...(dot === undefined ? [] : [dot]));
  return fc.letrec<Expressions>((tie: fc.LetrecTypedTie<Expressions>) => {
    const types: Types = {
      text: tie('text'),
      int: tie('int'),
      float: tie('float'),
      truth: tie('truth'),
      list: tie('list'),
      dict: tie('dict'),
    };
    return {
      text: fc.oneof(DEPTH, named, textLiteral, ...textCalls(types), ...madeText(types)),
      int: fc.oneof(DEPTH, smallInt, ...intCalls(types)),
      float: fc.oneof(DEPTH, fc.constantFrom('1.5', '-0.25', '2.0', '1e3'), ...floatCalls(types)),
      truth: fc.oneof(DEPTH, fc.constantFrom('true', 'false'), ...truthCalls(types)),
      list: fc.oneof(DEPTH, fc.constant('(list)'), ...listCalls(types)),
      dict: fc.oneof(DEPTH, fc.constant('(dict)'), ...dictCalls(types)),
    };
  });
}

/** A call in parentheses, sometimes with its last argument piped in. */
function call(name: string, ...args: Text[]): Text {
  return fc.tuple(fc.boolean(), ...args).map(([isPiped, ...values]) => {
    const last = values.at(-1);
    if (!isPiped || last === undefined) return `(${[name, ...values].join(' ')})`;
    return `(${last} | ${[name, ...values.slice(0, -1)].join(' ')})`;
  });
}

function calls(names: readonly string[], ...args: Text[]): Text[] {
  return names.map((name) => call(name, ...args));
}

function textCalls({ text, int, truth }: Types): Text[] {
  return [
    ...calls(['upper', 'lower', 'title', 'untitle', 'trim', 'quote', 'squote'], text),
    ...calls(['b64enc', 'b32enc', 'sha256sum', 'sha1sum', 'sha512sum', 'adler32sum'], text),
    ...calls(['trimAll', 'trimPrefix', 'trimSuffix', 'cat', 'default', 'print'], text, text),
    ...calls(['repeat', 'indent', 'nindent'], length, text),
    ...calls(['nospace', 'initials'], ascii),
    call('trunc', smallInt, ascii),
    call('abbrev', smallInt, ascii),
    call('substr', fc.constant('0'), fc.constantFrom('-1', '0', '99'), ascii),
    call('b64dec', call('b64enc', text)),
    call('b32dec', call('b32enc', text)),
    call('coalesce', text, fc.constantFrom('"last"', '$.SHA')),
    call('replace', text, text, text),
    // sprig gives int64 where it wants int.
    call('plural', text, text, fc.oneof(smallInt, call('int', int))),
    call('ternary', text, text, truth),
    call('regexFind', fc.constantFrom('"[0-9]+"', '"^.b?"'), text),
    call(
      'regexReplaceAll',
      fc.constantFrom('"[a-c]+"', '"(\\\\w)(\\\\d)"', '"x*"'),
      text,
      fc.constantFrom(`"<$\{1}>"`, '"<$1>"', '"-"'),
    ),
    call(
      'regexReplaceAllLiteral',
      fc.constantFrom('"[a-c]+"', '"b|$"'),
      text,
      fc.constantFrom('"$1"', '"-"'),
    ),
  ];
}

/** Text that is made of other things. */
function madeText({ text, int, float, truth, list, dict }: Types): Text[] {
  const any = fc.oneof(text, int, truth, list, dict);
  return [
    call('join', text, list),
    call('toString', fc.oneof(any, float)),
    // An empty list may be Go's nil, which JSON tells from it.
    call(
      'toJson',
      fc.oneof(
        text,
        int,
        truth,
        dict,
        fc.tuple(list, text).map(([of, last]) => `(append ${of} ${last})`),
      ),
    ),
    call('first', call('append', list, text)).filter((value) => value.startsWith('(first')),
    call('index', call('splitList', fc.constantFrom('"/"', '"b"'), text), fc.constant('0')).filter((value) =>
      value.startsWith('(index'),
    ),
    call('get', dict, key).filter((value) => value.startsWith('(get')),
    call('dig', key, text, dict),
    call('printf', fc.constantFrom('"%s|%v|%q"', '"%10s%-4s%s"', '"%.2s%s%%%v"'), text, text, text),
    call('printf', fc.constantFrom('"%d %v"', '"%05d%x"', '"%+d|%4d"', '"%-4d|%o"'), int, int),
    call('printf', fc.constantFrom('"%.1f %v"', '"%6.2f|%g"', '"%08.3f%+v"'), float, float),
    call('printf', fc.constantFrom('"%v %t"', '"%5v|%v"'), fc.oneof(list, dict), truth),
    fc
      .tuple(version, fc.constantFrom('Major', 'Minor', 'Patch', 'Prerelease'))
      .map(([value, field]) => `(print (semver ${value}).${field})`),
    fc.tuple(smallInt, smallInt).map(([from, to]) => `(seq ${from} ${to})`),
  ];
}

function intCalls({ text, int, list, dict }: Types): Text[] {
  return [
    call('len', fc.oneof(text, list, dict)),
    call('int', fc.oneof(text, int)),
    call('int64', fc.constantFrom('"12"', '"7.9"', '"x"', '"0x1f"', '"010"', '" 1"', '3.7', 'true')),
    call('atoi', fc.constantFrom('"12"', '"-7"', '"1.5"', '""', '"0x1f"')),
    ...calls(['add', 'sub', 'mul', 'max', 'min'], int, int),
    ...calls(['div', 'mod'], int, divisor),
    call('add1', int),
  ];
}

function floatCalls({ int, float }: Types): Text[] {
  return [
    call('float64', fc.oneof(int, fc.constantFrom('"1.25"', '"x"', '"1e3"', 'true'))),
    ...calls(['floor', 'ceil'], float),
    call('round', float, fc.constantFrom('0', '1', '2')).filter((value) => value.startsWith('(round')),
    ...calls(['maxf', 'minf'], float, float),
  ];
}

function truthCalls({ text, int, float, truth, list, dict }: Types): Text[] {
  const any = fc.oneof(text, int, float, truth, list, dict);
  const comparisons = ['eq', 'ne', 'lt', 'le', 'gt', 'ge'];
  return [
    ...calls(comparisons, text, text),
    ...calls(comparisons, int, int),
    ...calls(comparisons, float, float),
    ...calls(['not', 'empty'], any),
    ...calls(['and', 'or'], truth, truth),
    ...calls(['all', 'any'], any, any),
    ...calls(['contains', 'hasPrefix', 'hasSuffix'], text, text),
    call('eq', text, text, text),
    call('has', text, list),
    call('hasKey', dict, key).filter((value) => value.startsWith('(hasKey')),
    call('deepEqual', dict, dict),
    call('regexMatch', fc.constantFrom('"^[a-z]+$"', '"\\\\d"'), text),
    call('semverCompare', range, version),
  ];
}

function listCalls({ text, list, dict }: Types): Text[] {
  return [
    call('list', text, text),
    call('splitList', text, text),
    ...calls(['sortAlpha', 'reverse', 'uniq', 'compact', 'toStrings'], list),
    ...['append', 'prepend', 'without'].map((name) =>
      fc.tuple(list, text).map(([values, value]) => `(${name} ${values} ${value})`),
    ),
    ...['rest', 'initial'].map((name) =>
      fc.tuple(list, text).map(([of, last]) => `(${name} (append ${of} ${last}))`),
    ),
    call('concat', list, list),
    call('regexSplit', fc.constantFrom('"[,/ ]"', '"a*"', '""'), text, fc.constantFrom('-1', '2')),
    call('regexFindAll', fc.constantFrom('"[a-f]"', '"\\\\w*"'), text, fc.constantFrom('-1', '2')),
    fc.tuple(text, text).map(([name, value]) => `(keys (dict ${name} ${value}))`),
    call('sortAlpha', call('keys', dict)),
    fc.tuple(list).map(([values]) => `(slice (append ${values} "s") 0 1)`),
  ];
}

function dictCalls({ text, dict }: Types): Text[] {
  return [
    fc.tuple(key, text, key, text).map((pairs) => `(dict ${pairs.join(' ')})`),
    fc.tuple(dict, key, text).map(([of, name, value]) => `(set ${of} ${name} ${value})`),
    fc.tuple(dict, key).map(([of, name]) => `(unset ${of} ${name})`),
    ...['pick', 'omit'].map((name) => fc.tuple(dict, key).map(([of, only]) => `(${name} ${of} ${only})`)),
    ...calls(['merge', 'mergeOverwrite'], dict, dict),
    call('deepCopy', dict),
    call('split', fc.constantFrom('"/"', '" "', '""'), fc.constantFrom('$.BRANCH', '$.SHA')).map(
      (value) => `(dict "k" ${value}._0)`,
    ),
  ];
}
