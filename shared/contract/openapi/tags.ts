/** Groups of operations, in the order in which they are shown. */
export const TAGS = {
  Artifacts: 'What CI pushes, and what was decided for it',
  Releases: 'What runs where, and how it gets there',
  Policies: 'Rules that release by themselves, and rules that hold back',
  Holds: 'Automation of one app in one environment, switched off',
  Settings: 'Environments, clusters, teams: what is not deployed can be changed here',
  Tracking: 'How far something is, for clients that exist; new ones read GET /api/releases/{id}',
  Hooks: 'What others tell us',
  Access: 'Who calls, and the tokens that say so',
  Operations: 'Looking after GimletD itself',
  Audit: 'Who changed what, sealed so that it can’t be changed unseen',
  About: 'The API itself',
} as const;
