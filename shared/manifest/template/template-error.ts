import { GimletdError } from '../../errors/gimletd-error.ts';

/** Of a message: templates that it quotes may be long. */
const MAX_LENGTH = 500;

/** A template that can't be read or evaluated; what went wrong, in words for whoever wrote it. */
export class TemplateError extends GimletdError {
  override readonly name: string = 'TemplateError';
  constructor(message: string, code = 'template-invalid') {
    super('unprocessable', code, message.length > MAX_LENGTH ? `${message.slice(0, MAX_LENGTH)} …` : message);
  }
}

/** A template names variables that are not there. */
export class MissingVariableError extends TemplateError {
  override readonly name = 'MissingVariableError';
  readonly variables: readonly string[];
  constructor(variables: readonly string[]) {
    const names = variables.map((variable) => `'${variable}'`).join(', ');
    super(
      variables.length === 1 ? `the variable ${names} is not set` : `the variables ${names} are not set`,
      'variable-missing',
    );
    this.variables = variables;
  }
}
