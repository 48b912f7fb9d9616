/** A program that `npm start` can't do without is not there; the message ends in the one command that installs it. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
  readonly tool: string;

  constructor(tool: string, problem: string, installCommand: string) {
    super(`${problem} Install it with:\n  ${installCommand}`);
    this.tool = tool;
  }
}
