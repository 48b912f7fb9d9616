/** Templates, all that others use of them: a part of its own, which bundles load when the first text asks for it. */
export { Budget } from './budget.ts';
export { renderTemplate } from './render-template.ts';
export { MissingVariableError, TemplateError } from './template-error.ts';
