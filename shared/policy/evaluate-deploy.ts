import { builtBranch, type Version } from '../artifact/artifact.ts';
import { compileGlob } from '../manifest/glob.ts';
import type { Deploy } from '../manifest/manifest-schema.ts';
import type { Condition } from './condition.ts';

/** What a `deploy` policy says of a version; `invalid` when the policy contradicts itself. */
export interface DeployVerdict {
  readonly fires: boolean;
  readonly invalid?: string;
  readonly conditions: readonly Condition[];
}

const DEPLOY_ALL = '[DEPLOY: ALL]';

/**
 * Holds a manifest's `deploy` against a version. All conditions that are present must hold, and each is evaluated
 * whatever the others said.
 */
export function evaluateDeploy(deploy: Deploy | undefined, version: Version): DeployVerdict {
  if (!deploy || !isAutomatic(deploy)) {
    return {
      fires: false,
      conditions: [condition('deploy', false, 'a deploy policy', 'none: released by hand only')],
    };
  }
  const invalid = contradiction(deploy);
  const conditions = [
    ...(invalid === undefined
      ? []
      : [condition('deploy', false, 'a policy without contradictions', invalid)]),
    ...eventCondition(deploy, version),
    ...patternCondition('branch', deploy.branch, builtBranch(version)),
    ...patternCondition('tag', deploy.tag, version.tag),
    ...messageCondition(deploy, version),
  ];
  const fires = invalid === undefined && conditions.every(({ holds }) => holds);
  return invalid === undefined ? { fires, conditions } : { fires, invalid, conditions };
}

function isAutomatic(deploy: Deploy): boolean {
  return (
    Boolean(deploy.event ?? deploy.branch ?? deploy.tag) || (deploy.commitMessagePatterns ?? []).length > 0
  );
}

/** A branch belongs to pushes and pull requests, a tag to tags: anything else can only be a mistake. */
function contradiction(deploy: Deploy): string | undefined {
  if (deploy.branch !== undefined && deploy.event !== 'push' && deploy.event !== 'pr') {
    return `branch needs event push or pr, not ${deploy.event ?? 'none'}: add \`event: push\` or \`event: pr\``;
  }
  if (deploy.tag !== undefined && deploy.event !== 'tag') {
    return `tag needs event tag, not ${deploy.event ?? 'none'}: add \`event: tag\``;
  }
  return undefined;
}

function eventCondition({ event }: Deploy, version: Version): Condition[] {
  return event === undefined ? [] : [condition('event', event === version.event, event, version.event)];
}

function patternCondition(
  name: 'branch' | 'tag',
  pattern: string | undefined,
  seen: string | undefined,
): Condition[] {
  if (pattern === undefined) return [];
  return [condition(name, seen !== undefined && matchesPattern(pattern, seen), pattern, seen ?? 'none')];
}

/** A leading `!` negates the rest; it matches when it is equal, or when the glob matches. */
function matchesPattern(pattern: string, text: string): boolean {
  const negated = pattern.startsWith('!');
  const rest = negated ? pattern.slice(1) : pattern;
  return (rest === text || compileGlob(rest).matches(text)) !== negated;
}

function messageCondition({ commitMessagePatterns: patterns = [] }: Deploy, version: Version): Condition[] {
  if (patterns.length === 0) return [];
  const message = version.message ?? '';
  const holds =
    message.includes(DEPLOY_ALL) ||
    patterns.some((pattern) => compileGlob(pattern, { literalBrackets: true }).matches(message));
  return [
    condition('commitMessage', holds, `any of ${patterns.join(', ')}`, message.slice(0, 200) || 'none'),
  ];
}

function condition(name: Condition['name'], holds: boolean, wanted: string, saw: string): Condition {
  return { name, holds, wanted, saw };
}
