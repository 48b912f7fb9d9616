import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MissingVariableError,
  renderTemplate,
  TemplateError,
} from '../../../shared/manifest/template/index.ts';

const VARIABLES = { BRANCH: 'feature/Foo_bar', SHA: '8f4d2c1b9a', EMPTY: '', WORLD: 'é世界' };

function render(template: string, variables: Readonly<Record<string, string>> = VARIABLES): string {
  return renderTemplate(template, new Map(Object.entries(variables)));
}

function problem(template: string): string {
  try {
    return `no problem: ${render(template)}`;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

describe('a template', () => {
  it.each([
    ['plain text, { } and }}', 'plain text, { } and }}'],
    ['{{ .BRANCH }}', 'feature/Foo_bar'],
    ['{{.SHA}}-{{ $.SHA }}', '8f4d2c1b9a-8f4d2c1b9a'],
    ['{{ .BRANCH | sanitizeDNSName }}', 'feature-foo-bar'],
    ['{{ .BRANCH | replace "/" "-" | lower | trunc 7 }}', 'feature'],
    ['{{ if eq .SHA "x" }}a{{ else if .EMPTY }}b{{ else }}c{{ end }}', 'c'],
    ['{{ with .EMPTY }}{{ . }}{{ else with .SHA }}{{ . }}{{ end }}', '8f4d2c1b9a'],
    ['{{ range $i, $part := splitList "/" .BRANCH }}{{ $i }}={{ $part }};{{ end }}', '0=feature;1=Foo_bar;'],
    ['{{ range $k, $v := dict "b" 2 "a" 1 }}{{ $k }}{{ $v }}{{ end }}', 'a1b2'],
    ['{{ range list }}x{{ else }}none{{ end }}', 'none'],
    [
      '{{ range until 9 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ if gt . 2 }}{{ break }}{{ end }}{{ . }}{{ end }}',
      '02',
    ],
    ['{{ $n := 0 }}{{ range until 4 }}{{ $n = add $n . }}{{ end }}{{ $n }}', '6'],
    ['{{ $n := 1 }}{{ if true }}{{ $n := 2 }}{{ end }}{{ $n }}', '1'],
    ['a {{- /* gone */ -}} b', 'ab'],
    ['a \n {{- " b " -}} \n c', 'a b c'],
    ['{{ "a\\tb" }}{{ `c\\t` }}{{ \'d\' }}', 'a\tbc\\t100'],
    ['{{ and .EMPTY .MISSING }}{{ or .SHA .MISSING }}', '8f4d2c1b9a'],
    ['{{ (index (list "a" "b") 1) | upper }}', 'B'],
    ['{{ (dict "a" (dict "b" "c")).a.b }}', 'c'],
    ['{{ len .WORLD }} {{ slice .SHA 1 3 }} {{ index "abc" 1 }}', '8 f4 98'],
    ['{{ index . "MISSING" }}', ''],
    ['{{ list 1 2.5 "x" nil true }} {{ dict "k" list }}', '[1 2.5 x <nil> true] map[k:[]]'],
    ['{{ (semver "v1.2.3-rc.1").Prerelease }}', 'rc.1'],
    [
      '{{ 1e5 }} {{ 1e6 }} {{ float64 177802360 }} {{ 12345678.5 | quote }}',
      '100000 1e+06 1.7780236e+08 "1.23456785e+07"',
    ],
    [
      '{{ 0x1f }} {{ 017 }} {{ 1_000 }} {{ -3 }} {{ 1e3 }} {{ .5 }} {{ 1e21 }}',
      '31 15 1000 -3 1000 0.5 1e+21',
    ],
  ])('%s gives %s', (template, wanted) => {
    expect(render(template)).toBe(wanted);
  });

  it.each([
    ['{{ printf "%5.1f|%-6d|%06d|%x|%X|%o|%b" 3.25 42 -7 255 255 8 5 }}', '  3.2|42    |-00007|ff|FF|10|101'],
    ['{{ printf "%q %c %U %t %v %%" "a\\"b\\n" 65 128512 true nil }}', '"a\\"b\\n" A U+1F600 true <nil> %'],
    ['{{ printf "%*d|%.*f|%+d" 5 42 1 2.55 7 }}', '   42|2.5|+7'],
    ['{{ printf "%d %s" "x" }}', '%!d(string=x) %!s(MISSING)'],
    ['{{ printf "%s" 1 2 }}', '%!s(int=1)%!(EXTRA int=2)'],
    ['{{ printf "%e %g %G" 123456.789 0.00001 1e-7 }}', '1.234568e+05 1e-05 1E-07'],
    ['{{ printf "%x % d %#x" "hi" 5 255 }}', '6869  5 0xff'],
    ['{{ printf "%4s|%q" (list "a" 1) (list "b") }}', '[   a %!s(int=   1)]|["b"]'],
  ])('%s is printed as Go does', (template, wanted) => {
    expect(render(template)).toBe(wanted);
  });

  it('names every variable that is missing', () => {
    const attempt = () => render('{{ .A }} {{ if true }}{{ .B }}{{ end }} {{ $.C | upper }} {{ .A }}');
    expect(attempt).toThrow(new MissingVariableError(['A', 'B', 'C']));
  });

  it.each([
    ['{{ .SHA', "is not closed by '}}'"],
    ['{{ if .SHA }}x', "'if' is not closed by '{{ end }}'"],
    ['x{{ end }}', "'{{ end }}' without"],
    ['{{ if .SHA }}a{{ else }}b{{ else }}c{{ end }}', "more than one 'else'"],
    ['{{ }}', 'has no value'],
    ['{{ .SHA | }}', "nothing after '|'"],
    ['{{ "a" | "b" }}', "only a function can stand after '|'"],
    ['{{ .SHA | .BRANCH }}', 'only a function takes arguments'],
    ['{{ "abc }}', 'is not closed by "'],
    ['{{/* open', "is not closed by '*/}}'"],
    ['{{ $x }}', "'$x' is not declared"],
    ['{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}', "'$x' is not declared"],
    ['{{ break }}', 'only possible inside a range'],
    ['{{ nil }}', 'nil is not a command'],
    ['{{ define "x" }}{{ end }}', "'define' is not supported"],
    ['{{ frobnicate .SHA }}', "there is no function 'frobnicate'"],
    ['{{ now }}', "the function 'now' is left out"],
    ['{{ env "HOME" }}', "the function 'env' is left out"],
    ['{{ randAlpha 5 }}', "the function 'randAlpha' is left out"],
    ['{{ upper 3 }}', 'upper: argument 1 must be a string, not a int'],
    ['{{ upper }}', 'upper: takes 1 argument, not 0'],
    ['{{ index (list 1) 5 }}', 'index: there is no element 5'],
    ['{{ .SHA.x }}', "a string has no field 'x'"],
    ['{{ (dict "a" 1).b }}', "a dict has no entry 'b'"],
    ['{{ eq 1 1.0 }}', "can't compare a int with a float64"],
    ['{{ div 1 0 }}', "can't divide by zero"],
    ['{{ fail "not on main" }}', 'fail: not on main'],
    ['{{ semver "nope" }}', "'nope' is not a semantic version"],
    ['{{ regexMatch "(" .SHA }}', "the expression '(' is wrong"],
    ['{{ 09 }}', "'09' is not a number"],
    ['{{ 99999999999999999999 }}', 'too large for a 64-bit integer'],
    ['{{ "\\q" }}', 'is no escape'],
    ['{{ .SHA ! }}', "an action can't have '!' here"],
  ])('%s is refused: %s', (template, words) => {
    expect(problem(template)).toContain(words);
  });

  it.each([
    ['{{ range until 1000000000 }}x{{ end }}', 'steps'],
    ['{{ range 1000000000 }}{{ end }}', 'steps'],
    ['{{ repeat 2000000000 "x" }}', 'characters'],
    ['{{ indent 2000000000 "x" }}', 'characters'],
    ['{{ range until 300 }}{{ range until 300 }}{{ range until 300 }}{{ end }}{{ end }}{{ end }}', 'steps'],
    ['{{ $x := "aaaaaaaa" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}', 'characters'],
    ['{{ $x := list 1 }}{{ range until 60 }}{{ $x = concat $x $x }}{{ end }}', 'steps'],
    ['{{ $x := repeat 2000 "a" }}{{ replace "a" $x $x }}', 'characters'],
    ['{{ printf "%1000000000d" 1 }}', 'widths'],
    ['{{ $d := dict }}{{ $_ := set $d "d" (list $d $d) }}{{ $d }}', 'too deeply'],
    [`{{ ${'('.repeat(5000)}1 }}`, 'deep'],
    ['{{ if true }}'.repeat(5000), 'deep'],
    ['{{ regexMatch "(((a{1,99}){1,99})+)+$" (repeat 100000 "a") }}', 'regexMatch'],
  ])('%s ends at once, naming its %s', (template, limit) => {
    expect(problem(template)).toContain(limit);
  });

  it('takes what variables hold for text, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(render('{{ .V }}|{{ print .V }}|{{ range list .V }}{{ . }}{{ end }}', { V: value })).toBe(
          `${value}|${value}|${value}`,
        );
      }),
    );
    expect(render('{{ .V }}', { V: '{{ .SHA }}' })).toBe('{{ .SHA }}');
  });

  it('either comes out or is refused in words, whatever is written', () => {
    const piece = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '{{-',
        '-}}',
        ' ',
        '.SHA',
        '$x',
        ':=',
        '=',
        '|',
        '(',
        ')',
        '"a"',
        '`b`',
        "'c'",
        '1',
        '2.5',
      ],
      ...[
        'if',
        'else',
        'end',
        'range',
        'with',
        'list',
        'dict',
        'index',
        'len',
        'nil',
        'true',
        ',',
        '/*',
        '*/',
        '\n',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(typeof problem(pieces.join(''))).toBe('string');
      }),
      { numRuns: 2_000 },
    );
  });
});
