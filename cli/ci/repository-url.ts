export interface RepositoryUrl {
  /** `owner/repo` */
  readonly name: string;
  /** Where people look at it; undefined when the clone URL does not tell. */
  readonly web: string;
}

/** Reads a clone URL: `https://host/owner/repo.git`, `ssh://git@host/owner/repo`, `git@host:owner/repo.git`. */
export function parseRepositoryUrl(url: string | undefined): RepositoryUrl | undefined {
  const parts = /^(?:[a-z+]+:\/\/(?:[^@/]*@)?([^/]+)\/|(?:[^@/]+@)([^:/]+):)(.+?)(?:\.git)?\/?$/.exec(
    url ?? '',
  );
  const name = parts?.[3];
  if (name === undefined) return undefined;
  const host = (parts?.[1] ?? parts?.[2] ?? '').replace(url?.startsWith('ssh') ? /:\d+$/ : /$^/, '');
  return { name, web: `https://${host}/${name}` };
}
