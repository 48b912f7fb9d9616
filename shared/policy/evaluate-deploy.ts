import { builtBranch, type Version } from '../artifact/artifact.ts';
import { InvalidInputError } from '../errors/errors.ts';
import type { Deploy } from '../manifest/manifest-schema.ts';
import { beginning } from './beginning.ts';
import type { Condition } from './condition.ts';
import { matchesMessage, matchesPattern } from './pattern.ts';

/** What a `deploy` policy says of a version; `invalid` when it contradicts itself or has a pattern that is none. */
export interface DeployVerdict {
  readonly fires: boolean;
  readonly invalid?: string;
  readonly conditions: readonly Condition[];
}

const DEPLOY_ALL = '[DEPLOY: ALL]';

/**
 * Holds a `deploy` policy against a version. All conditions that are present must hold, and each is evaluated
 * whatever the others said.
 */
export function evaluateDeploy(deploy: Deploy | undefined, version: Version): DeployVerdict {
  if (!deploy || !isAutomatic(deploy)) {
    return {
      fires: false,
      conditions: [condition('deploy', false, 'a deploy policy', 'none: released by hand only')],
    };
  }
  const contradicts = contradiction(deploy);
  const verdicts = [
    ...(contradicts === undefined ? [] : [broken('deploy', 'a policy without contradictions', contradicts)]),
    ...eventCondition(deploy, version),
    ...patternCondition('branch', deploy.branch, builtBranch(version)),
    ...patternCondition('tag', deploy.tag, version.tag),
    ...messageCondition(deploy, version),
  ];
  const conditions = verdicts.map(({ invalid: _, ...verdict }) => verdict);
  const invalid = verdicts.find((verdict) => verdict.invalid)?.saw;
  const fires = conditions.every(({ holds }) => holds);
  return invalid === undefined ? { fires, conditions } : { fires: false, invalid, conditions };
}

/** A branch belongs to pushes and pull requests, a tag to tags: anything else can only be a mistake. */
export function contradiction(deploy: Deploy): string | undefined {
  if (deploy.branch !== undefined && deploy.event !== 'push' && deploy.event !== 'pr') {
    return `branch needs event push or pr, not ${deploy.event ?? 'none'}: add \`event: push\` or \`event: pr\``;
  }
  if (deploy.tag !== undefined && deploy.event !== 'tag') {
    return `tag needs event tag, not ${deploy.event ?? 'none'}: add \`event: tag\``;
  }
  return undefined;
}

interface Verdict extends Condition {
  /** It is not the version that is wrong, but what was wanted of it. */
  readonly invalid?: true;
}

function isAutomatic(deploy: Deploy): boolean {
  return (
    Boolean(deploy.event ?? deploy.branch ?? deploy.tag) || (deploy.commitMessagePatterns ?? []).length > 0
  );
}

function eventCondition({ event }: Deploy, version: Version): Verdict[] {
  return event === undefined ? [] : [condition('event', event === version.event, event, version.event)];
}

function patternCondition(
  name: 'branch' | 'tag',
  pattern: string | undefined,
  seen: string | undefined,
): Verdict[] {
  if (pattern === undefined) return [];
  return [
    judged(name, pattern, seen ?? 'none', () => matchesPattern(pattern, seen ?? '') && seen !== undefined),
  ];
}

function messageCondition({ commitMessagePatterns: patterns = [] }: Deploy, version: Version): Verdict[] {
  if (patterns.length === 0) return [];
  const message = version.message ?? '';
  const saw = beginning(message, 200) || 'none';
  return [
    judged('commitMessage', beginning(`any of ${patterns.join(', ')}`, 1_000), saw, () => {
      const matches = patterns.map((pattern) => matchesMessage(pattern, message));
      return message.includes(DEPLOY_ALL) || matches.includes(true);
    }),
  ];
}

/** Patterns are checked when they are written; one that got here all the same spoils this policy and nothing else. */
function judged(name: Condition['name'], wanted: string, saw: string, holds: () => boolean): Verdict {
  try {
    return condition(name, holds(), wanted, saw);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return broken(name, wanted, error.message);
  }
}

function broken(name: Condition['name'], wanted: string, saw: string): Verdict {
  return { ...condition(name, false, wanted, saw), invalid: true };
}

function condition(name: Condition['name'], holds: boolean, wanted: string, saw: string): Condition {
  return { name, holds, wanted, saw };
}
