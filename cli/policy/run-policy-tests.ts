import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ARTIFACT_LIMITS, parseArtifact, parseJson } from '../../shared/contract/artifact-document.ts';
import { type Evaluation, type Policy, tryPolicies } from '../../shared/contract/try-policies.ts';
import { CliError } from '../cli-error.ts';
import { type PolicyFile, readPolicyFile } from './policy-file.ts';

export interface Tested {
  readonly name: string;
  readonly passed: boolean;
  readonly targets: readonly {
    readonly target: string;
    readonly expected: string;
    readonly outcome: string;
    readonly sentence: string;
  }[];
}

/**
 * Runs the tests of a policy file.
 * @param now unix milliseconds: when an artifact comes whose test does not say
 * @throws CliError when there are none, or a file can't be read; GimletdError when an artifact is none
 */
export async function runPolicyTests(file: string, now: number): Promise<readonly Tested[]> {
  const { policies, tests } = await readPolicyFile(file);
  if (tests.length === 0) throw new CliError(`${file} has no tests.`, { code: 'no-tests' });
  const tested: Tested[] = [];
  for (const test of tests) tested.push(await runTest(file, policies, test, now));
  return tested;
}

async function runTest(
  file: string,
  policies: readonly Policy[],
  test: PolicyFile['tests'][number],
  now: number,
): Promise<Tested> {
  const document =
    typeof test.artifact === 'string'
      ? await readFixture(resolve(dirname(file), test.artifact))
      : test.artifact;
  const at = test.at === undefined ? now : Date.parse(test.at);
  const evaluations = tryPolicies(parseArtifact(document), policies, at);
  const targets = Object.entries(test.expect).map(([target, expected]) =>
    verdict(evaluations, target, expected),
  );
  const name = test.name ?? (typeof test.artifact === 'string' ? test.artifact : 'an artifact');
  return { name, passed: targets.every(({ expected, outcome }) => expected === outcome), targets };
}

async function readFixture(path: string): Promise<unknown> {
  try {
    return parseJson(await readFile(path, 'utf8'), ARTIFACT_LIMITS);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`The artifact ${path} can't be read: ${why}`, { code: 'bad-fixture', cause });
  }
}

function verdict(
  evaluations: readonly Evaluation[],
  target: string,
  expected: string,
): Tested['targets'][number] {
  const found = evaluations.find(({ env, app }) => `${env}/${app}` === target);
  if (!found) return { target, expected, outcome: 'none', sentence: 'the artifact has no such manifest' };
  return { target, expected, outcome: found.outcome, sentence: found.sentence };
}
