import { NotFoundError, TransientError } from '../errors/errors.ts';
import type { Releases, Requests } from './ports.ts';
import type { Release, TargetName } from './release.ts';

export interface NamedReleasesPorts {
  readonly releases: Pick<Releases, 'get'>;
  readonly requests: Pick<Requests, 'get'>;
}

export function unknownRelease(id: string): NotFoundError {
  return new NotFoundError('release-not-found', `There is no release and no request '${id}'.`);
}

/**
 * The release of an id, or all those of a request. `check` throws when whoever asks may not do it to a target, and is
 * asked of each first.
 * @throws NotFoundError `release-not-found`; TransientError `not-made-yet` while a request's are being made.
 */
export async function namedReleases(
  { releases, requests }: NamedReleasesPorts,
  id: string,
  check: (target: TargetName) => void = () => undefined,
): Promise<Release[]> {
  const release = await releases.get(id);
  if (release) {
    check(release);
    return [release];
  }
  const request = await requests.get(id);
  if (!request) throw unknownRelease(id);
  request.targets.forEach(check);
  if (request.state === 'accepted') {
    throw new TransientError('not-made-yet', `The releases of request '${id}' are being made: try again.`);
  }
  const made: Release[] = [];
  for (const { releaseId } of request.targets) {
    const one = await releases.get(releaseId);
    if (one) made.push(one);
  }
  return made;
}
