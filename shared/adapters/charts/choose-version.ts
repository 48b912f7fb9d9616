import { NotFoundError, UnprocessableError } from '../../errors/errors.ts';
import { Version } from '../../manifest/version.ts';
import { parseVersionRange } from '../../manifest/version-range.ts';

const TOLD_VERSIONS = 5;

/**
 * Of the versions that there are, the one that is asked for, or the newest of a range; what is no version is passed over.
 * @throws NotFoundError `chart-not-found`; UnprocessableError `chart-version-invalid`
 */
export function chooseVersion(versions: readonly string[], name: string, wanted: string): string {
  if (versions.includes(wanted)) return wanted;
  const range = parseVersionRange(wanted);
  if (range === undefined)
    throw new UnprocessableError('chart-version-invalid', `'${wanted}' is not a version or a range of them`);
  const sorted = versions.flatMap((version) => Version.parse(version) ?? []).toSorted((a, b) => b.compare(a));
  const newest = sorted.find((version) => range.includes(version));
  if (newest !== undefined) return newest.original;
  const known = sorted.slice(0, TOLD_VERSIONS).map(({ original }) => original);
  const hint = known.length > 0 ? `; the newest are ${known.join(', ')}` : '';
  throw new NotFoundError('chart-not-found', `the repository has no version '${wanted}' of '${name}'${hint}`);
}
