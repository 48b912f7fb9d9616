import type { Deploy } from '../manifest/manifest-schema.ts';
import type { Freeze } from './freeze.ts';

/** Releases an app's manifest of an environment when the conditions of a `deploy` hold. */
export interface AutoRelease {
  readonly kind: 'auto-release';
  readonly app: string;
  readonly env: string;
  readonly deploy: Deploy;
}

/** Releases to another environment what has run in one for so long. */
export interface AutoPromote {
  readonly kind: 'auto-promote';
  readonly app: string;
  /** Where it runs. */
  readonly env: string;
  readonly to: string;
  readonly afterSeconds: number;
}

/** An environment takes only branches that match: for one app, or for all. */
export interface BranchRestriction {
  readonly kind: 'branch-restriction';
  readonly env: string;
  readonly app?: string;
  /** Whole-match expression (RE2 syntax). */
  readonly branchPattern: string;
}

/** An environment takes nothing for a time. */
export interface FreezeRule {
  readonly kind: 'freeze';
  readonly env: string;
  readonly name: string;
  readonly freeze: Freeze;
}

/** All automation is held. */
export interface StopTheLine {
  readonly kind: 'stop-the-line';
  readonly reason: string;
}

/** Nothing at all is written to any GitOps repo. */
export interface KillSwitch {
  readonly kind: 'kill-switch';
  readonly reason: string;
}

/** A rule that the server keeps. */
export type Policy = AutoRelease | AutoPromote | BranchRestriction | FreezeRule | StopTheLine | KillSwitch;

/** Who changed a rule last, and when. */
export interface Change {
  /** Grows with every change of the document that it is kept in. */
  readonly version: number;
  readonly changedBy: string;
  /** Unix milliseconds. */
  readonly changedAt: number;
}

export interface StoredPolicy extends Change {
  readonly policy: Policy;
}

/** What a rule is known by, in paths of the API and in decisions. */
export function policyId(policy: Policy): string {
  switch (policy.kind) {
    case 'auto-release':
      return `auto-release/${policy.env}/${policy.app}`;
    case 'auto-promote':
      return `auto-promote/${policy.env}/${policy.app}/${policy.to}`;
    case 'branch-restriction':
      return ['branch-restriction', policy.env, ...(policy.app === undefined ? [] : [policy.app])].join('/');
    case 'freeze':
      return `freeze/${policy.env}/${policy.name}`;
    case 'stop-the-line':
    case 'kill-switch':
      return policy.kind;
  }
}
