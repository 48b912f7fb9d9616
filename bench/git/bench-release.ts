import { createHash } from 'node:crypto';
import { formatCommitMessage } from '../../shared/gitops/commit-message.ts';
import { releaseFiles, targetDirectory } from '../../shared/gitops/release-files.ts';
import { newRelease, type TargetName } from '../../shared/release/release.ts';
import { deploymentYaml, serviceYaml } from './app-manifests.ts';
import type { RepoSize } from './sizes.ts';

/** One commit to be: a target's directory with all of its files, and the message. */
export interface BenchRelease {
  readonly directory: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly message: string;
  /** Unix seconds. */
  readonly time: number;
}

export const BRANCH = 'main';
export const BOT = { name: 'GimletD', email: 'gimletd@example.com' };

const FIRST_RELEASE = 1_700_000_000;
/** Prime, and so without a common divisor with the number of targets: the first releases reach every target once. */
const STRIDE = 7_919;
const DOMAINS = ['account', 'billing', 'catalog', 'checkout', 'fraud', 'invoice', 'ledger', 'search'];

/**
 * The release number `index` of a repo of this size, always the same one. The first reach every target once; those
 * after hit targets at random. The repo holds the first `commits` of them, the contenders write those that follow.
 */
export function benchRelease(size: RepoSize, index: number): BenchRelease {
  const target = targetOf(size, index);
  const sha = digest('sha1', 'source', size.name, index);
  const image = digest('sha256', 'image', size.name, index);
  const time = FIRST_RELEASE + index * 60;
  const release = newRelease(
    {
      ...target,
      id: `rel-${digest('sha256', 'release', size.name, index).slice(0, 24)}`,
      change: { kind: 'deploy' },
      artifactId: `acme/${target.app}-${sha}`,
      manifestIndex: size.environments.indexOf(target.env),
      version: versionOf(target.app, sha, time),
      cause: 'arrival',
      automatic: true,
      triggeredBy: 'policy',
      policy: `${target.env}-from-main`,
      reason: 'released: event push matches push, branch main matches main',
      order: index + 1,
      location: { repo: 'https://git.example.com/acme/gitops.git', branch: BRANCH, layout: 'directories' },
      correlationId: digest('sha256', 'correlation', size.name, index).slice(0, 32),
    },
    time * 1000,
  );
  const rendered = new Map([
    ['deployment.yaml', deploymentYaml({ ...target, sha, image, replicas: 2 + (index % 4) })],
    ['service.yaml', serviceYaml(target)],
  ]);
  return {
    directory: targetDirectory('directories', target),
    files: releaseFiles(release, rendered),
    message: formatCommitMessage(release),
    time,
  };
}

/** The releases `from`, `from + 1`, … of a repo. */
export function benchReleases(size: RepoSize, from: number, count: number): BenchRelease[] {
  return Array.from({ length: count }, (_, offset) => benchRelease(size, from + offset));
}

function targetOf(size: RepoSize, index: number): TargetName {
  const { apps, environments, name } = size;
  const targets = apps * environments.length;
  const number =
    index < targets
      ? (index * STRIDE) % targets
      : Number.parseInt(digest('sha1', 'target', name, index).slice(0, 12), 16) % targets;
  const app = Math.floor(number / environments.length);
  return {
    app: `${DOMAINS[app % DOMAINS.length]}-${String(app).padStart(4, '0')}`,
    env: environments[number % environments.length] ?? '',
  };
}

function versionOf(app: string, sha: string, time: number) {
  return {
    repositoryName: `acme/${app}`,
    event: 'push' as const,
    sha,
    branch: 'main',
    authorName: 'Jane Doe',
    authorEmail: 'jane.doe@example.com',
    committerName: 'Jane Doe',
    committerEmail: 'jane.doe@example.com',
    message: `Retry requests that ${app} may send twice\n\nThe gateway answers 503 while it is restarted.`,
    url: `https://git.example.com/acme/${app}/commit/${sha}`,
    created: time - 300,
  };
}

function digest(algorithm: string, ...parts: readonly (string | number)[]): string {
  return createHash(algorithm).update(parts.join('\0')).digest('hex');
}
