import { Budget } from './budget.ts';
import { evaluateTemplate } from './evaluate.ts';
import { isFunctionName, TEMPLATE_FUNCTIONS } from './functions/all.ts';
import { parseTemplate } from './parse.ts';
import { TemplateError } from './template-error.ts';
import type { Dict } from './value.ts';

/**
 * Fills in one text in Go's template syntax, with sprig's functions and `sanitizeDNSName`, as helm's `tpl` does, but
 * that a variable which is missing is an error. What variables hold is text, never evaluated.
 *
 * Left out, with an error that says so: templates of several texts, and functions whose result is not the same
 * each time or that look at the machine. `budget` is shared by all templates of a manifest.
 *
 * @throws TemplateError; MissingVariableError naming every variable that is missing.
 */
export function renderTemplate(template: string, variables: Dict, budget: Budget = new Budget()): string {
  if (!template.includes('{{')) return template;
  try {
    const nodes = parseTemplate(template, isFunctionName);
    return evaluateTemplate(nodes, variables, { functions: TEMPLATE_FUNCTIONS, budget });
  } catch (error) {
    // Values may be nested, even in themselves, by way of `set`: printing or comparing those ends here.
    if (error instanceof RangeError) throw new TemplateError('a value nests too deeply');
    throw error;
  }
}
