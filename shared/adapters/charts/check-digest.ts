import { createHash } from 'node:crypto';
import { UnprocessableError } from '../../errors/errors.ts';
import type { ChartListing } from '../../manifest/chart-repository.ts';

/** @throws UnprocessableError `chart-digest-mismatch` when the archive is not the one that was listed. */
export function checkDigest(archive: Uint8Array, { name, version, digest }: ChartListing): void {
  if (digest === undefined) return;
  const actual = createHash('sha256').update(archive).digest('hex');
  if (actual !== digest)
    throw new UnprocessableError(
      'chart-digest-mismatch',
      `the chart ${name} ${version} has the SHA-256 ${actual}, but its repository's index says ${digest}`,
    );
}
