import { CliError } from './cli-error.ts';
import type { ExitCode } from './exit-code.ts';
import { coloursOf, type Output } from './output/output.ts';
import { printable } from './output/printable.ts';
import type { World } from './world.ts';

/** Tells what went wrong on stderr, and on stdout too where somebody waits for JSON. */
export async function reportError(error: unknown, output: Output, { stderr, env }: World): Promise<ExitCode> {
  const told = await asCliError(error);
  const { red, dim } = coloursOf(stderr, env);
  const tell = (line: string) => stderr.write(`${line}\n`);
  tell(`${red('error:')} ${printable(told.message)}`);
  for (const detail of told.details) tell(`  ${printable(detail)}`);
  if (told.hint !== undefined) tell(dim(told.hint));
  const { message, code, details, hint } = told;
  if (output.owesJson) output.json({ error: { code, message, details, hint } });
  return told.exitCode;
}

async function asCliError(error: unknown): Promise<CliError> {
  if (error instanceof CliError) return error;
  const { GimletdError } = await import('../shared/contract/artifact-document.ts');
  if (error instanceof GimletdError) {
    const details = error.errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
    return new CliError(error.message, { code: error.code, details, cause: error });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliError('gimlet failed: this is a fault of ours, please report it.', {
    code: 'internal',
    details: stack.split('\n').slice(0, 6),
  });
}
