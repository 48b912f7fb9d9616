import { createHash } from 'node:crypto';
import type { Version } from './artifact.ts';

/**
 * The id of an artifact whose client gave none: `<name>-<sha>-<8 hex>`. The last part tells apart what the same
 * commit becomes on a branch, on main, as a tag and as a pull request.
 */
export function artifactId(version: Version): string {
  const { event, branch = '', sourceBranch = '', tag = '' } = version;
  const hash = createHash('sha256')
    .update(JSON.stringify([event, branch, sourceBranch, tag]))
    .digest('hex');
  return `${version.repositoryName}-${version.sha}-${hash.slice(0, 8)}`;
}
