import { inParallel } from '../../shared/concurrency/in-parallel.ts';
import { apiCall } from './api-calls.ts';
import type { Aws } from './aws-cli.ts';
import { type Reference, referencesIn, substitute } from './references.ts';
import { except, mentions, pick, type Resource, type Resources } from './resources.ts';

const AT_ONCE = 4;

/** What `Ref` is of a resource that was made, and what was answered: its attributes are among that. */
interface Made {
  readonly ref: string;
  readonly answer: Readonly<Record<string, unknown>>;
}
/** By logical id. */
export type MadeByApi = Readonly<Record<string, Made>>;

/**
 * Makes resources by calls of their own, each after those that it refers to or waits for.
 * @param known what references to other resources came to
 * @throws when AWS refuses one, or a reference is not known
 */
export async function makeByApi(
  aws: Aws,
  resources: Resources,
  known: (reference: Reference) => unknown,
): Promise<MadeByApi> {
  let made: MadeByApi = {};
  for (let rest = resources; Object.keys(rest).length > 0; rest = except(rest, made)) {
    const waiting = Object.keys(rest);
    const ready = pick(rest, (resource) => !mentions(resource, waiting));
    if (Object.keys(ready).length === 0) throw new Error(`${waiting.join(', ')} wait for each other`);
    const knownByNow = (reference: Reference) => resolve(reference, made) ?? known(reference);
    const wave = await inParallel(Object.entries(ready), AT_ONCE, async ([id, resource]) => {
      return [id, await make(aws, id, substitute(resource, knownByNow))] as const;
    });
    made = { ...made, ...Object.fromEntries(wave) };
  }
  return made;
}

/** What a reference to one of the resources that were made came to; undefined for others. */
export function resolve(reference: Reference, made: MadeByApi): unknown {
  const [id, attribute] = [reference['Ref'] ?? reference['Fn::GetAtt']].flat().map(String);
  const resource = made[id ?? ''];
  return attribute === undefined ? resource?.ref : resource?.answer[attribute];
}

async function make(aws: Aws, id: string, { Type, Properties }: Resource): Promise<Made> {
  const call = apiCall(Type);
  if (!call) throw new Error(`no call is known that makes ${Type}`);
  const [unknown] = referencesIn(Properties);
  if (unknown) throw new Error(`${id} refers to ${unknown}, and nothing came of that`);
  let answer: Made['answer'] = {};
  for (const input of call.inputs(id, Properties)) {
    answer = await aws(...call.command, '--cli-input-json', JSON.stringify(input));
  }
  return { ref: call.ref === undefined ? id : String(answer[call.ref]), answer };
}
