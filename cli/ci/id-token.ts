import * as z from 'zod';
import { CliError } from '../cli-error.ts';
import type { World } from '../world.ts';

/** The identity of the CI job that this process runs in. */
export interface JobIdentity {
  /** Where it came from, for people. */
  readonly source: string;
  readonly token: string;
}

const TIMEOUT_MS = 10_000;
const answerSchema = z.object({ value: z.string().min(1) });

/**
 * The identity token of this CI job, made for `audience`: GIMLET_ID_TOKEN where the job's definition asked for one, or
 * what GitHub gives a job that may ask. Undefined where there is neither.
 * @throws CliError `id-token` when GitHub does not give it.
 */
export async function jobIdentity(world: World, audience: string): Promise<JobIdentity | undefined> {
  const { env } = world;
  const given = env['GIMLET_ID_TOKEN']?.trim();
  if (given) return { source: 'GIMLET_ID_TOKEN', token: given };
  const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'];
  const requestToken = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
  if (!url || !requestToken) return undefined;
  const token = await askGithub(world, url, requestToken, env['GIMLET_AUDIENCE'] || audience);
  return { source: 'GitHub Actions', token };
}

async function askGithub(world: World, url: string, requestToken: string, audience: string): Promise<string> {
  if (!URL.canParse(url)) throw refused('its address is no URL');
  const asked = new URL(url);
  asked.searchParams.set('audience', audience);
  const text = await answered(world, asked, requestToken);
  const parsed = answerSchema.safeParse(parseJson(text));
  if (!parsed.success) throw refused('its answer holds none');
  return parsed.data.value;
}

async function answered(world: World, url: URL, requestToken: string): Promise<string> {
  try {
    const response = await world.fetch(url, {
      headers: { authorization: `Bearer ${requestToken}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return await response.text();
    throw refused(`it answered ${response.status}`);
  } catch (error) {
    throw error instanceof CliError ? error : refused('it can’t be reached', error);
  }
}

function refused(problem: string, cause?: unknown): CliError {
  return new CliError(`GitHub Actions gave no identity token for this job: ${problem}.`, {
    code: 'id-token',
    hint: 'The job needs "permissions: {id-token: write}". A token in GIMLET_TOKEN is used before it.',
    cause,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
