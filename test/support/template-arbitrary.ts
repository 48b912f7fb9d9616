import fc from 'fast-check';
import { expressions } from './template-expressions.ts';

type Text = fc.Arbitrary<string>;

/** Templates of Go's syntax that can be evaluated with TEMPLATE_DATA. */
export function templateArbitrary(depth = 2, variables: readonly string[] = [], dot?: string): Text {
  const types = expressions(variables, dot);
  const leaf = fc.oneof(
    fc.constantFrom('text ', '\n  ', '{ } ', ' - ', '', '{{/* a comment */}}', '{{- /* trimmed */ -}}'),
    action(fc.oneof(...Object.values(types))),
  );
  if (depth === 0) return leaf;
  const fresh = `$v${variables.length}`;
  const body = (names: readonly string[], dotInside = dot) => templateArbitrary(depth - 1, names, dotInside);
  const plain = body(variables);
  const branch = fc.oneof(
    joined(
      opening('if', fc.oneof(...Object.values(types))),
      plain,
      opening('else if', types.truth),
      plain,
      otherwise(plain),
    ),
    joined(opening('with', types.text), body(variables, '.'), otherwise(plain)),
    joined(
      opening(`range $i, ${fresh} :=`, types.list),
      text('{{ $i }}'),
      body([...variables, fresh], '.'),
      otherwise(plain),
    ),
    joined(
      opening(`range $k, ${fresh} :=`, types.dict),
      text('{{ $k }}'),
      body([...variables, fresh], '.'),
      otherwise(plain),
    ),
    joined(
      opening('range $i :=', fc.constantFrom('3', '0', '(len $.SHA)')),
      text('{{ $i }}{{ if eq $i 2 }}{{ break }}{{ end }}'),
      // Here the dot is a number.
      body(variables, '$.SHA'),
      otherwise(plain),
    ),
    joined(
      opening('range', types.list),
      text('{{ if eq . "a" }}{{ continue }}{{ end }}'),
      plain,
      otherwise(plain),
    ),
    joined(
      opening(`${fresh} :=`, types.text),
      body([...variables, fresh]),
      opening(`${fresh} =`, types.text),
      text(`{{ ${fresh} }}`),
    ),
  );
  return fc.array(fc.oneof(leaf, branch), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
}

function action(inner: Text): Text {
  const [open, close] = [fc.constantFrom('{{ ', '{{- ', '{{'), fc.constantFrom(' }}', ' -}}', '}}')];
  return joined(open, inner, close);
}

function opening(words: string, value: Text): Text {
  return action(value.map((expression) => `${words} ${expression}`));
}

function otherwise(body: Text): Text {
  const end = fc.constantFrom('{{ end }}', '{{- end -}}');
  return fc.oneof(end, joined(fc.constant('{{ else }}'), body, end));
}

function text(value: string): Text {
  return fc.constant(value);
}

function joined(...parts: Text[]): Text {
  return fc.tuple(...parts).map((texts) => texts.join(''));
}
