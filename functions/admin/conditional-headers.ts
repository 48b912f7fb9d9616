import { InvalidInputError } from '../../shared/errors/errors.ts';
import type { ChangeContext } from '../../shared/policy/policy-document.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';

/** What the conditional headers ask for (RFC 9110): a version, `*` for any, or that there is none. */
export function conditions({ headers }: HttpRequest): Pick<ChangeContext, 'ifMatch' | 'ifNoneMatch'> {
  const ifMatch = headers['if-match'];
  const version = ifMatch === undefined || ifMatch === '*' ? ifMatch : versionOf(ifMatch);
  return {
    ...(version !== undefined && { ifMatch: version }),
    ...(headers['if-none-match'] === '*' && { ifNoneMatch: true }),
  };
}

function versionOf(ifMatch: string): number {
  const [, version] = /^"(\d{1,9})"$/.exec(ifMatch) ?? [];
  if (version !== undefined) return Number(version);
  throw new InvalidInputError('bad-etag', 'If-Match must be the ETag of what you change, such as "3", or *.');
}

/** The `ETag` header of a version. */
export function etag(version: number): Record<string, string> {
  return { etag: `"${version}"` };
}
