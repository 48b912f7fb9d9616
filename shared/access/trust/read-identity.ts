import * as z from 'zod';
import type { CiIdentity, CiProvider } from './ci-identity.ts';
import type { Refusal } from './refusal.ts';

/** Claims of a token whose signature, issuer, audience and times were found to be right. */
export type Claims = Readonly<Record<string, unknown>>;

const text = z.string().min(1).max(1_000);
/** Some providers write numbers as text. */
const id = z
  .union([text, z.number().int()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,20}$/));
/** Absent, null and empty are the same. */
const optional = z
  .union([z.literal(''), text])
  .nullish()
  .transform((value) => value || undefined);
const registered = { iss: text, aud: z.union([text, z.tuple([text])]), jti: text, exp: z.number() };

const githubClaims = z.object({
  ...registered,
  repository: text,
  repository_id: id,
  repository_owner_id: id,
  event_name: text,
  ref: text,
  sha: text,
  head_ref: optional,
  base_ref: optional,
  workflow_ref: optional,
  environment: optional,
});

const gitlabClaims = z.object({
  ...registered,
  project_path: text,
  project_id: id,
  namespace_id: id,
  pipeline_source: text,
  ref: text,
  ref_type: z.enum(['branch', 'tag']),
  ref_path: optional,
  sha: text,
  ci_config_ref_uri: optional,
  environment: optional,
});

/** What the claims of a provider say, or that they are not those of a CI job. `sub` is never looked at. */
export function readIdentity(provider: CiProvider, claims: Claims): CiIdentity | Refusal {
  return provider === 'github' ? readGithub(claims) : readGitlab(claims);
}

function readGithub(claims: Claims): CiIdentity | Refusal {
  const parsed = githubClaims.safeParse(claims);
  if (!parsed.success) return incomplete(parsed.error);
  const { data } = parsed;
  const { event_name: event, ref, head_ref, base_ref } = data;
  const isPr = event.startsWith('pull_request');
  const built = isPr
    ? head_ref && { event: 'pr' as const, branch: head_ref, ...(base_ref && { targetBranch: base_ref }) }
    : builtFromRef(ref);
  if (!built) return unusable(`its ref '${ref.slice(0, 100)}' is no branch and no tag`);
  return {
    ...common(data),
    repository: data.repository,
    repositoryId: data.repository_id,
    ownerId: data.repository_owner_id,
    event,
    ref,
    built,
    ...workflowAt(data.workflow_ref, `${data.repository}/`),
  };
}

function readGitlab(claims: Claims): CiIdentity | Refusal {
  const parsed = gitlabClaims.safeParse(claims);
  if (!parsed.success) return incomplete(parsed.error);
  const { data } = parsed;
  const { pipeline_source: event } = data;
  const ref = data.ref_path ?? `refs/${data.ref_type === 'tag' ? 'tags' : 'heads'}/${data.ref}`;
  const isPr = /^(external_)?(merge|pull)_request_event$/.test(event);
  const built = isPr ? { event: 'pr' as const, branch: data.ref } : builtFromRef(ref);
  if (!built) return unusable(`its ref '${ref.slice(0, 100)}' is no branch and no tag`);
  const host = URL.canParse(data.iss) ? new URL(data.iss).host : '';
  return {
    ...common(data),
    repository: data.project_path,
    repositoryId: data.project_id,
    ownerId: data.namespace_id,
    event,
    ref,
    built,
    ...workflowAt(data.ci_config_ref_uri, `${host}/${data.project_path}//`),
  };
}

function common({
  iss,
  aud,
  jti,
  exp,
  sha,
  environment,
}: z.output<typeof githubClaims | typeof gitlabClaims>) {
  return {
    issuer: iss,
    audience: typeof aud === 'string' ? aud : aud[0],
    tokenId: jti,
    expiresAt: exp * 1000,
    sha,
    ...(environment !== undefined && { environment }),
  };
}

function builtFromRef(ref: string): CiIdentity['built'] | undefined {
  if (ref.startsWith('refs/heads/')) return { event: 'push', branch: ref.slice('refs/heads/'.length) };
  if (ref.startsWith('refs/tags/')) return { event: 'tag', tag: ref.slice('refs/tags/'.length) };
  return undefined;
}

/** `<repository><path>@<ref>`; a definition that lies elsewhere is none of this repository. */
function workflowAt(uri: string | undefined, repository: string): Pick<CiIdentity, 'workflow'> {
  const at = uri?.indexOf('@') ?? -1;
  if (uri === undefined || at < 0 || !uri.startsWith(repository)) return {};
  return { workflow: { path: uri.slice(repository.length, at), ref: uri.slice(at + 1) } };
}

function incomplete(error: z.ZodError): Refusal {
  const names = error.issues.slice(0, 5).map(({ path }) => path.join('.'));
  return unusable(`claims of a CI job are missing or wrong: ${[...new Set(names)].join(', ')}`);
}

function unusable(problem: string): Refusal {
  return { code: 'identity-claims', message: `The identity token can't be used: ${problem}.` };
}
