import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ACCOUNT, type Aws, awsCli, REGION } from './aws-cli.ts';
import type { Comparison, Deployed } from './comparison.ts';
import { makeByApi, resolve } from './make-by-api.ts';
import { makeByStack } from './make-by-stack.ts';
import { type MergedTemplate, mergeTemplates, type Template } from './merged-template.ts';
import { readBack } from './read-back.ts';
import { type Reference, referencesIn, substitute } from './references.ts';
import { except, pick, type Resources } from './resources.ts';

/** Where `cdk bootstrap` has assets kept. */
const ASSETS = `cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`;
/** A zip archive without files: moto asks that there be code, and runs none. */
const EMPTY_ZIP = Buffer.from(`PK\u0005\u0006${'\0'.repeat(18)}`, 'latin1');

export interface Deployment {
  /** Numbers of resources that were deployed, and of those of each type that were not. */
  readonly deployed: number;
  readonly leftOut: Readonly<Record<string, number>>;
  /** One line for each resource that is not as its template says. */
  readonly differences: readonly string[];
}

/**
 * Deploys synthesised stacks with the `aws` CLI, and reads back what came of them.
 * @param synthesised folder with the templates
 * @param endpoint of an empty moto
 * @throws when what is there can't be deployed; the message is what `aws` says
 */
export async function deployToMoto(synthesised: string, endpoint: string): Promise<Deployment> {
  const aws = awsCli(endpoint);
  const { leftOut, ...merged } = mergeTemplates(readTemplates(synthesised));
  await putAssets(aws, synthesised, merged.made);
  const deployed = await deploy(aws, join(synthesised, 'merged.json'), merged);
  const comparisons = await readBack(aws, deployed);
  return {
    deployed: Object.keys(deployed.resources).length,
    leftOut: countTypes(leftOut),
    differences: comparisons.flatMap(differences),
  };
}

/** First what refers to nothing, then the stack, which may refer to that, then what refers to the stack. */
async function deploy(
  aws: Aws,
  file: string,
  { made, madeByApi }: Omit<MergedTemplate, 'leftOut'>,
): Promise<Deployed> {
  const first = pick(madeByApi, (resource) => referencesIn(resource).size === 0);
  const before = await makeByApi(aws, first, () => undefined);
  const resources = substitute(made, (reference) => resolve(reference, before));
  const asked = [...referencesIn({ resources, madeByApi })].filter(isNotTo(madeByApi));
  const stack = await makeByStack(aws, file, resources, new Set(asked));
  const known = (reference: Reference) => resolve(reference, before) ?? stack.resolve(reference);
  const after = await makeByApi(aws, except(madeByApi, first), known);
  const byApi = { ...before, ...after };
  const names = Object.entries(byApi).map(([id, { ref }]) => [id, ref] as const);
  return {
    resources: substitute(
      { ...made, ...madeByApi },
      (reference) => resolve(reference, byApi) ?? known(reference),
    ),
    names: { ...stack.names, ...Object.fromEntries(names) },
  };
}

/** Of references, as texts, those that lead elsewhere. */
function isNotTo(resources: Resources): (reference: string) => boolean {
  return (reference) => ![Object.values(JSON.parse(reference))].flat(2).some((id) => String(id) in resources);
}

function readTemplates(folder: string): Record<string, Template> {
  const ending = '.template.json';
  const files = readdirSync(folder).filter((file) => file.endsWith(ending));
  return Object.fromEntries(
    files.map((file) => [
      file.slice(0, -ending.length),
      JSON.parse(readFileSync(join(folder, file), 'utf8')),
    ]),
  );
}

async function putAssets(aws: Aws, scratch: string, resources: Resources): Promise<void> {
  const folder = join(scratch, 'empty-assets');
  mkdirSync(folder);
  for (const { Properties } of Object.values(resources)) {
    const code = Properties?.Code ?? Properties?.Content;
    if (code?.S3Key) writeFileSync(join(folder, code.S3Key), EMPTY_ZIP);
  }
  await aws('s3', 'mb', `s3://${ASSETS}`);
  await aws('s3', 'cp', '--recursive', '--only-show-errors', folder, `s3://${ASSETS}/`);
}

function countTypes(resources: Resources): Record<string, number> {
  const types = Object.groupBy(Object.values(resources), ({ Type }) => Type);
  return Object.fromEntries(Object.entries(types).map(([type, list]) => [type, list?.length ?? 0]));
}

function differences({ what, expected, aws }: Comparison): string[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(aws)]);
  if (names.size === 0) return [`${what}: there are none`];
  return [...names]
    .filter((name) => !isDeepStrictEqual(expected[name], aws[name]))
    .map(
      (name) => `${what}: ${name} is ${JSON.stringify(aws[name])}, and not ${JSON.stringify(expected[name])}`,
    );
}
