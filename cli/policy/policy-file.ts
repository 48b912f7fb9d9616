import * as z from 'zod';
import { GimletdError } from '../../shared/contract/artifact-document.ts';
import { fieldErrors } from '../../shared/contract/field-errors.ts';
import { type Policy, parsePolicy } from '../../shared/contract/try-policies.ts';
import { CliError } from '../cli-error.ts';
import { readYamlFile } from '../yaml-file.ts';

const policyFile = z.strictObject({
  policies: z.array(z.record(z.string(), z.unknown())).default([]),
  tests: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        /** A file beside this one, or the artifact itself. */
        artifact: z.union([z.string(), z.record(z.string(), z.unknown())]),
        /** When it comes, for freezes; now unless given. */
        at: z.iso.datetime({ offset: true }).optional(),
        /** `env/app` → outcome. */
        expect: z.record(z.string(), z.string()),
      }),
    )
    .default([]),
});
type Parsed = z.output<typeof policyFile>;

export interface PolicyFile {
  /** As written. */
  readonly documents: Parsed['policies'];
  readonly policies: readonly Policy[];
  readonly tests: Parsed['tests'];
}

/**
 * Reads a file of policies, and tests of them if there are any. Everything that is wrong is said at once.
 * @throws CliError `bad-policy-file`.
 */
export async function readPolicyFile(path: string): Promise<PolicyFile> {
  const parsed = policyFile.safeParse(await readYamlFile(path, badFile));
  if (!parsed.success) {
    throw badFile(
      path,
      fieldErrors(parsed.error).map(({ path: at, message }) => `${at || 'the file'}: ${message}`),
    );
  }
  const { policies: documents, tests } = parsed.data;
  const problems: string[] = [];
  const policies = documents.flatMap((document, index) => {
    try {
      return [parsePolicy(document)];
    } catch (error) {
      if (!(error instanceof GimletdError)) throw error;
      problems.push(...error.errors.map(({ path: at, message }) => `policies[${index}].${at}: ${message}`));
      return [];
    }
  });
  if (problems.length > 0) throw badFile(path, problems);
  return { documents, policies, tests };
}

function badFile(path: string, details: readonly string[]): CliError {
  return new CliError(`${path} is no policy file:`, { code: 'bad-policy-file', details });
}
