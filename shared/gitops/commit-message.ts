import type { Release } from '../release/release.ts';

/** What a commit of ours says about itself; its trailers are read back to tell what is in the repo. */
export interface ReleaseTrailers {
  readonly releaseId: string;
  readonly order: number;
}

const MAX_LINE = 500;

/**
 * The message of a release's commit: `[Gimlet] staging/myapp automated deploy`, or `… deployed by jane` (`rolled back`,
 * `deleted`), then the trailers. What comes from users is stripped of control characters, so that it can't forge a line.
 */
export function formatCommitMessage(release: Release): string {
  const trailers: [string, string | undefined][] = [
    ['Artifact-Id', release.artifactId],
    ['Release-Id', release.id],
    ['Release-Order', String(release.order)],
    ['Triggered-By', release.triggeredBy],
    ['Policy', release.policy],
    ['Source-Commit', release.version.sha],
    ['Correlation-Id', release.correlationId],
  ];
  const lines = trailers
    .map(([name, value]) => [name, oneLine(value ?? '')])
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`);
  return `[Gimlet] ${release.env}/${release.app} ${action(release)}\n\n${lines.join('\n')}\n`;
}

/** Reads our trailers from the last paragraph of a message; undefined when it is no commit of ours. */
export function parseTrailers(message: string): ReleaseTrailers | undefined {
  const paragraphs = message.trimEnd().split(/\n{2,}/);
  const last = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : '';
  const values = new Map<string, string>();
  for (const line of last.split('\n')) {
    const [, name, value] = /^([A-Za-z-]+): (.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    values.set(name, value);
  }
  const releaseId = values.get('Release-Id');
  const order = Number(values.get('Release-Order'));
  return releaseId === undefined || !Number.isSafeInteger(order) ? undefined : { releaseId, order };
}

const DONE = { deploy: 'deployed', rollback: 'rolled back', delete: 'deleted' } as const;

function action({ automatic, change, triggeredBy }: Release): string {
  if (automatic && change.kind === 'deploy') return 'automated deploy';
  return `${DONE[change.kind]} by ${oneLine(triggeredBy)}`;
}

function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim()
    .slice(0, MAX_LINE);
}
