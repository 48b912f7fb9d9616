import * as z from 'zod';
import { GitRefusedError } from '../../errors/errors.ts';
import type { GitHubApp } from './credential-document.ts';
import { callAsApp, type GitHubApiOptions } from './github-api.ts';

export interface InstallationToken {
  readonly token: string;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

const installation = z.object({ id: z.number().int() });
const issued = z.object({
  token: z.string().min(1),
  expires_at: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
});

/**
 * A token of the app's installation that may do nothing but read and write the contents of this one repo.
 * @throws as callAsApp
 */
export async function issueInstallationToken(
  app: GitHubApp,
  repoUrl: string,
  options: GitHubApiOptions,
): Promise<InstallationToken> {
  const { owner, repo } = ownerAndRepo(repoUrl);
  const id = app.installationId ?? (await findInstallation(app, owner, repo, options));
  const { token, expires_at } = await callAsApp(
    app,
    {
      method: 'POST',
      path: `/app/installations/${id}/access_tokens`,
      body: { repositories: [repo], permissions: { contents: 'write' } },
      answer: issued,
    },
    options,
  );
  return { token, expiresAt: expires_at };
}

async function findInstallation(
  app: GitHubApp,
  owner: string,
  repo: string,
  options: GitHubApiOptions,
): Promise<number> {
  const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}/installation`;
  return (await callAsApp(app, { method: 'GET', path, answer: installation }, options)).id;
}

/** GitHub's repos are `/owner/repo`, with or without `.git`. */
function ownerAndRepo(url: string): { readonly owner: string; readonly repo: string } {
  const [, owner, repo] = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(new URL(url).pathname) ?? [];
  if (owner !== undefined && repo !== undefined) return { owner, repo };
  throw new GitRefusedError(
    `A GitHub App can't be asked for '${new URL(url).pathname}': the repo's URL must be https://HOST/OWNER/REPO.git.`,
  );
}
