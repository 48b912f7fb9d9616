import type { DefineCommand } from './command.ts';

/** A command by its words; what it takes and does is loaded when it is asked for. */
export interface ListedCommand {
  /** One word, or two: then the first is a group within the group. */
  readonly name: string;
  readonly summary: string;
  /** Runs when its group is called without one of its commands. */
  readonly isDefault?: true;
  readonly load: () => Promise<DefineCommand>;
}

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly ListedCommand[];
}

/** Groups within groups. */
export const SUBGROUPS: Readonly<Record<string, string>> = {
  token: 'make, list and end API tokens',
  settings: 'show and change environments, clusters, teams and the bot',
  trust: 'let CI jobs in without a token',
};

/** Commands of one word. */
export const TOP_COMMANDS: readonly ListedCommand[] = [
  {
    name: 'promote',
    summary: 'release to an environment what runs in another',
    load: async () => (await import('./commands/promote.ts')).promote,
  },
  {
    name: 'whoami',
    summary: 'show who the token is, and what it may do',
    load: async () => (await import('./commands/whoami.ts')).whoami,
  },
  {
    name: 'completion',
    summary: 'print a script that completes gimlet’s commands and flags in a shell',
    load: async () => (await import('./commands/completion.ts')).completion,
  },
  {
    name: 'version',
    summary: 'print the version of this program, and the server’s',
    load: async () => (await import('./commands/version.ts')).version,
  },
];

export const COMMAND_GROUPS: readonly CommandGroup[] = [
  {
    name: 'artifact',
    summary: 'make, fill, push and browse release artifacts',
    commands: [
      {
        name: 'create',
        summary: 'begin an artifact: one version of an application',
        load: async () => (await import('./commands/artifact-create.ts')).artifactCreate,
      },
      {
        name: 'add',
        summary: 'add environments, items and variables to an artifact file',
        load: async () => (await import('./commands/artifact-add.ts')).artifactAdd,
      },
      {
        name: 'push',
        summary: 'push an artifact to the server, which decides what it releases',
        load: async () => (await import('./commands/artifact-push.ts')).artifactPush,
      },
      {
        name: 'list',
        summary: 'browse artifacts, newest first',
        load: async () => (await import('./commands/artifact-list.ts')).artifactList,
      },
      {
        name: 'show',
        summary: 'show an artifact',
        load: async () => (await import('./commands/artifact-show.ts')).artifactShow,
      },
      {
        name: 'track',
        summary: 'show or follow what policies make of an artifact',
        load: async () => (await import('./commands/artifact-track.ts')).artifactTrack,
      },
    ],
  },
  {
    name: 'release',
    summary: 'release an artifact to an environment, and see what was released',
    commands: [
      {
        name: 'make',
        summary: 'release an artifact to an environment (plain `gimlet release` does the same)',
        isDefault: true,
        load: async () => (await import('./commands/release-make.ts')).releaseMake,
      },
      {
        name: 'list',
        summary: 'browse releases, newest first',
        load: async () => (await import('./commands/release-list.ts')).releaseList,
      },
      {
        name: 'show',
        summary: 'show a release or a request, and how far it is',
        load: async () => (await import('./commands/release-show.ts')).releaseShow,
      },
      {
        name: 'status',
        summary: 'show what runs in an environment',
        load: async () => (await import('./commands/release-status.ts')).releaseStatus,
      },
      {
        name: 'diff',
        summary: 'compare what runs in two environments',
        load: async () => (await import('./commands/release-diff.ts')).releaseDiff,
      },
      {
        name: 'rollback',
        summary: 'make an app what it was before',
        load: async () => (await import('./commands/release-rollback.ts')).releaseRollback,
      },
      {
        name: 'delete',
        summary: 'take an app out of an environment',
        load: async () => (await import('./commands/release-delete.ts')).releaseDelete,
      },
      {
        name: 'cancel',
        summary: 'take back a release that is not written yet',
        load: async () => (await import('./commands/release-cancel.ts')).releaseCancel,
      },
      {
        name: 'waiting',
        summary: 'show the releases that wait for approval',
        load: async () => (await import('./commands/release-waiting.ts')).releaseWaiting,
      },
      {
        name: 'approve',
        summary: 'agree to a release that waits for it',
        load: async () => (await import('./commands/release-approve.ts')).releaseApprove,
      },
      {
        name: 'reject',
        summary: 'refuse a release that waits for approval',
        load: async () => (await import('./commands/release-reject.ts')).releaseReject,
      },
      {
        name: 'track',
        summary: 'show or follow how far a release is',
        load: async () => (await import('./commands/release-track.ts')).releaseTrack,
      },
    ],
  },
  {
    name: 'policy',
    summary: 'make, try and explain the rules that release artifacts',
    commands: [
      {
        name: 'list',
        summary: 'show policies, holds, and whether the line is stopped',
        load: async () => (await import('./commands/policy-list.ts')).policyList,
      },
      {
        name: 'show',
        summary: 'show a policy and its versions',
        load: async () => (await import('./commands/policy-show.ts')).policyShow,
      },
      {
        name: 'delete',
        summary: 'delete a policy',
        load: async () => (await import('./commands/policy-delete.ts')).policyDelete,
      },
      {
        name: 'auto-release',
        summary: 'release what is pushed or tagged to an environment',
        load: async () => (await import('./commands/policy-auto-release.ts')).policyAutoRelease,
      },
      {
        name: 'auto-promote',
        summary: 'release to an environment what has run in another for so long',
        load: async () => (await import('./commands/policy-auto-promote.ts')).policyAutoPromote,
      },
      {
        name: 'branch-restriction',
        summary: 'let an environment take only branches that match',
        load: async () => (await import('./commands/policy-branch-restriction.ts')).policyBranchRestriction,
      },
      {
        name: 'freeze',
        summary: 'let an environment take nothing for a time',
        load: async () => (await import('./commands/policy-freeze.ts')).policyFreeze,
      },
      {
        name: 'stop-the-line',
        summary: 'hold all automation',
        load: async () => (await import('./commands/policy-stop-the-line.ts')).policyStopTheLine,
      },
      {
        name: 'hold',
        summary: 'hold the automation of one app in one environment',
        load: async () => (await import('./commands/policy-hold.ts')).policyHold,
      },
      {
        name: 'resume',
        summary: 'end a hold, and release what waited',
        load: async () => (await import('./commands/policy-resume.ts')).policyResume,
      },
      {
        name: 'simulate',
        summary: 'try policies on stored artifacts, beside what was decided',
        load: async () => (await import('./commands/policy-simulate.ts')).policySimulate,
      },
      {
        name: 'test',
        summary: 'try a policy file on artifact fixtures, without a server',
        load: async () => (await import('./commands/policy-test.ts')).policyTest,
      },
      {
        name: 'explain',
        summary: 'explain why an artifact was or was not released',
        load: async () => (await import('./commands/policy-explain.ts')).policyExplain,
      },
    ],
  },
  {
    name: 'manifest',
    summary: 'make, check and render Gimlet environment files',
    commands: [
      {
        name: 'template',
        summary: 'render an environment file on this machine, as the server would',
        load: async () => (await import('./commands/manifest-template.ts')).manifestTemplate,
      },
      {
        name: 'lint',
        summary: 'check an environment file: its fields, its values, what it renders to',
        load: async () => (await import('./commands/manifest-lint.ts')).manifestLint,
      },
      {
        name: 'create',
        summary: 'begin an environment file',
        load: async () => (await import('./commands/manifest-create.ts')).manifestCreate,
      },
    ],
  },
  {
    name: 'audit',
    summary: 'show, check and keep who changed what',
    commands: [
      {
        name: 'list',
        summary: 'show who changed what, from where, and what became of it',
        load: async () => (await import('./commands/audit-list.ts')).auditList,
      },
      {
        name: 'verify',
        summary: 'check by yourself that nothing in the trail was changed, removed or cut off',
        load: async () => (await import('./commands/audit-verify.ts')).auditVerify,
      },
      {
        name: 'export',
        summary: 'print the whole trail, an entry a line',
        load: async () => (await import('./commands/audit-export.ts')).auditExport,
      },
    ],
  },
  {
    name: 'admin',
    summary: 'look after GimletD itself',
    commands: [
      {
        name: 'reconcile',
        summary: 'list or settle what somebody else has changed in the GitOps repo',
        load: async () => (await import('./commands/admin-reconcile.ts')).adminReconcile,
      },
      {
        name: 'trust add',
        summary: 'let jobs of a CI system push without a token',
        load: async () => (await import('./commands/admin-trust-add.ts')).adminTrustAdd,
      },
      {
        name: 'trust list',
        summary: 'show which CI jobs are let in without a token',
        load: async () => (await import('./commands/admin-trust-list.ts')).adminTrustList,
      },
      {
        name: 'trust show',
        summary: 'show a trust policy',
        load: async () => (await import('./commands/admin-trust-show.ts')).adminTrustShow,
      },
      {
        name: 'trust delete',
        summary: 'let those jobs in no more',
        load: async () => (await import('./commands/admin-trust-delete.ts')).adminTrustDelete,
      },
      {
        name: 'kill-switch',
        summary: 'stop all writing to GitOps repos, or let it go on',
        load: async () => (await import('./commands/admin-kill-switch.ts')).adminKillSwitch,
      },
      {
        name: 'settings show',
        summary: 'show the settings that hold, as a file that can be applied',
        load: async () => (await import('./commands/admin-settings-show.ts')).adminSettingsShow,
      },
      {
        name: 'settings apply',
        summary: 'check settings as a whole and store them',
        load: async () => (await import('./commands/admin-settings-apply.ts')).adminSettingsApply,
      },
      {
        name: 'settings history',
        summary: 'show who changed which settings, newest first',
        load: async () => (await import('./commands/admin-settings-history.ts')).adminSettingsHistory,
      },
      {
        name: 'token create',
        summary: 'make an API token: it is shown this once',
        load: async () => (await import('./commands/admin-token-create.ts')).adminTokenCreate,
      },
      {
        name: 'token list',
        summary: 'show who has tokens, for what, and when they were used last',
        load: async () => (await import('./commands/admin-token-list.ts')).adminTokenList,
      },
      {
        name: 'token rotate',
        summary: 'give a token another secret; the one before goes on for a while',
        load: async () => (await import('./commands/admin-token-rotate.ts')).adminTokenRotate,
      },
      {
        name: 'token revoke',
        summary: 'end a token for good',
        load: async () => (await import('./commands/admin-token-revoke.ts')).adminTokenRevoke,
      },
      {
        name: 'doctor',
        summary: 'look at all that has to work for releases to get through',
        load: async () => (await import('./commands/admin-doctor.ts')).adminDoctor,
      },
      {
        name: 'redrive',
        summary: 'send again at once what was sent in vain, and clear the dead letters',
        load: async () => (await import('./commands/admin-redrive.ts')).adminRedrive,
      },
      {
        name: 'replay',
        summary: 'decide a stored artifact once more',
        load: async () => (await import('./commands/admin-replay.ts')).adminReplay,
      },
    ],
  },
];
