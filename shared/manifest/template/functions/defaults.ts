import { any, fixed, type TemplateFunction, text, truth, variadic } from '../function.ts';
import { TemplateError } from '../template-error.ts';
import { isTrue } from '../value.ts';

/** sprig's defaults and choices. */
export const DEFAULT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  default: variadic([any], any, ([fallback], [given = null]) => (isTrue(given) ? given : fallback)),
  empty: fixed([any], ([value]) => !isTrue(value)),
  coalesce: variadic([], any, (_, values) => values.find(isTrue) ?? null),
  all: variadic([], any, (_, values) => values.every(isTrue)),
  any: variadic([], any, (_, values) => values.some(isTrue)),
  ternary: fixed([any, any, truth], ([yes, no, condition]) => (condition ? yes : no)),
  fail: fixed([text], ([message]) => {
    throw new TemplateError(message);
  }),
};
