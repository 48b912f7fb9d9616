import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import * as z from 'zod';
import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import { redact } from '../../errors/redact.ts';
import type { GitHubApp } from './credential-document.ts';

export interface GitHubApiOptions {
  readonly fetch: typeof fetch;
  /** Unix milliseconds. */
  readonly clock: () => number;
}

export interface ApiCall<S extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  /** Below the API's URL, each part encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly answer: S;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024;
/** GitHub takes 10 minutes at most; its clock and ours may differ by a minute. */
const JWT_SECONDS = 9 * 60;
const CLOCK_SKEW_SECONDS = 60;

/**
 * One call of GitHub's API in the app's own name, never redirected, never repeated.
 * @throws GitRefusedError when the app is not let in; TransientError `git-credential` when it may pass.
 */
export async function callAsApp<S extends z.ZodType>(
  app: GitHubApp,
  { method, path, body, answer }: ApiCall<S>,
  options: GitHubApiOptions,
): Promise<z.output<S>> {
  const jwt = await signJwt(app, options.clock());
  const host = new URL(app.apiUrl).host;
  const response = await reached(host, () =>
    options.fetch(`${app.apiUrl.replace(/\/+$/, '')}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${jwt}`,
        accept: 'application/vnd.github+json',
        'x-github-api-version': '2022-11-28',
        'user-agent': 'gimletd',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await reached(host, () => readText(response));
  if (response.status >= 300) throw statusError(host, response, text);
  const parsed = answer.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new TransientError('git-credential', `${host} answered ${response.status}, and not as GitHub does.`);
}

async function signJwt({ appId, privateKey }: GitHubApp, now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(appId)
    .setIssuedAt(seconds - CLOCK_SKEW_SECONDS)
    .setExpirationTime(seconds + JWT_SECONDS)
    .sign(readKey(privateKey));
}

function readKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    // The cause might quote the key.
    throw new GitRefusedError(
      "The git credential's privateKey can't be read: it must be the app's PEM file.",
    );
  }
}

async function reached<T>(host: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TransientError) throw error;
    throw new TransientError('git-credential', `${host} could not be asked for a git token.`, {
      cause: error,
    });
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new TransientError(
        'git-credential',
        `GitHub's API answered more than ${MAX_ANSWER_BYTES} bytes.`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function statusError(host: string, { status, headers }: Response, text: string): Error {
  const said = z.object({ message: z.string() }).safeParse(parseJson(text));
  const words = said.success ? ` (${redact(said.data.message).slice(0, 200)})` : '';
  const where = `${host} answered ${status}${words} to the GitHub App of the git credential`;
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  if (status === 429 || status >= 500 || (status === 403 && !Number.isNaN(retryAfter))) {
    const data = Number.isNaN(retryAfter) ? {} : { retryAfterSeconds: retryAfter };
    return new TransientError('git-credential', `${where}.`, { data });
  }
  const fix = FIXES[status] ?? 'look at the app in its settings on GitHub';
  return new GitRefusedError(`${where}: ${fix}.`, { data: { status, host } });
}

const FIXES: Readonly<Record<number, string>> = {
  401: 'check appId and privateKey; a clock that is wrong by minutes does the same',
  404: 'install the app on the repo, and check installationId',
  422: 'give the app the permission Contents: read and write, and the repo to its installation',
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
