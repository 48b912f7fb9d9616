import type { FunctionTable } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { BUILTIN_FUNCTIONS } from './builtin.ts';
import { DEFAULT_FUNCTIONS } from './defaults.ts';
import { DICT_FUNCTIONS } from './dicts.ts';
import { ENCODING_FUNCTIONS } from './encoding.ts';
import { JSON_FUNCTIONS } from './json.ts';
import { LIST_FUNCTIONS } from './lists.ts';
import { MATH_FUNCTIONS } from './math.ts';
import { REGEX_FUNCTIONS } from './regex.ts';
import { SEMVER_FUNCTIONS } from './semver.ts';
import { STRING_FUNCTIONS } from './strings.ts';

/** sprig has these under a second name that fails where the first gives something empty; ours always fail. */
const WITH_MUST = [
  ...[
    'first',
    'last',
    'rest',
    'initial',
    'append',
    'push',
    'prepend',
    'reverse',
    'compact',
    'uniq',
    'without',
  ],
  ...['has', 'chunk', 'slice', 'merge', 'mergeOverwrite', 'deepCopy', 'toJson', 'toRawJson', 'fromJson'],
  ...['regexMatch', 'regexFind', 'regexFindAll', 'regexReplaceAll', 'regexReplaceAllLiteral', 'regexSplit'],
];

/** Every function of our templates but `and` and `or`, which the evaluator has in itself. */
export const TEMPLATE_FUNCTIONS: FunctionTable = withMust(
  new Map(
    [
      BUILTIN_FUNCTIONS,
      STRING_FUNCTIONS,
      DEFAULT_FUNCTIONS,
      LIST_FUNCTIONS,
      DICT_FUNCTIONS,
      MATH_FUNCTIONS,
      ENCODING_FUNCTIONS,
      JSON_FUNCTIONS,
      SEMVER_FUNCTIONS,
      REGEX_FUNCTIONS,
    ].flatMap((functions) => Object.entries(functions)),
  ),
);

/** Would make another text each time, or look at the machine that renders. */
const LEFT_OUT =
  /^(?:env|expandenv|getHostByName|now|ago|date\w*|mustDateModify|must_date_modify|toDate|mustToDate|unixEpoch|htmlDate\w*|duration\w*|rand\w*|shuffle|uuidv4|gen[A-Z]\w*|derivePassword|buildCustomCert|htpasswd|bcrypt|encryptAES|decryptAES|call|js)$/;

/**
 * Whether a template may call this.
 * @throws TemplateError for a function of sprig or Go that is left out, saying so.
 */
export function isFunctionName(name: string): boolean {
  if (LEFT_OUT.test(name))
    throw new TemplateError(
      `the function '${name}' is left out: a manifest must come out the same wherever and whenever it is rendered`,
    );
  return name === 'and' || name === 'or' || TEMPLATE_FUNCTIONS.has(name);
}

function withMust(functions: FunctionTable): FunctionTable {
  const second = WITH_MUST.map((name) => {
    const body = functions.get(name);
    if (body === undefined) throw new TypeError(`${name} is no function`);
    return [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, body] as const;
  });
  return new Map([...functions, ...second]);
}
