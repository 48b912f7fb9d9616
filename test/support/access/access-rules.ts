import type { Role } from '../../../shared/access/roles.ts';
import { type Operation, ROUTES } from '../../../shared/contract/routes.ts';

const READERS: readonly Role[] = ['reader', 'ci', 'engineer', 'approver', 'operator'];

/**
 * Written by hand, apart from what the product says of itself: who may do it, and what it is about. `target`: an app in
 * an environment. `app`: an app, wherever. `repository`: all apps of one. `all`: everything there is. `seen`: it is
 * answered with what the caller may look at. `hidden`: what is of another app is not there. `nothing`: it is not there for
 * anybody.
 */
export const RULES: Record<
  Operation,
  { readonly roles: readonly Role[] | 'open' | 'known'; readonly about: About }
> = {
  describe: { roles: 'open', about: 'seen' },
  openApi: { roles: 'open', about: 'seen' },
  docs: { roles: 'open', about: 'seen' },
  pushArtifact: { roles: ['ci'], about: 'app' },
  listArtifacts: { roles: READERS, about: 'seen' },
  getArtifact: { roles: READERS, about: 'hidden' },
  requestRelease: { roles: ['engineer'], about: 'target' },
  listReleases: { roles: READERS, about: 'seen' },
  getRelease: { roles: READERS, about: 'hidden' },
  cancelRelease: { roles: ['engineer'], about: 'hidden' },
  approveRelease: { roles: ['approver'], about: 'hidden' },
  rejectRelease: { roles: ['approver'], about: 'hidden' },
  listApprovals: { roles: READERS, about: 'seen' },
  requestRollback: { roles: ['engineer'], about: 'target' },
  requestDelete: { roles: ['engineer'], about: 'target' },
  requestPromotion: { roles: ['engineer'], about: 'target' },
  trackEvent: { roles: READERS, about: 'hidden' },
  trackRelease: { roles: READERS, about: 'hidden' },
  trackArtifact: { roles: READERS, about: 'hidden' },
  getStatus: { roles: READERS, about: 'seen' },
  getGitopsRepo: { roles: READERS, about: 'seen' },
  getDiff: { roles: READERS, about: 'app' },
  listDrift: { roles: READERS, about: 'seen' },
  reconcile: { roles: ['engineer', 'operator'], about: 'target' },
  tellBranch: { roles: ['hooks', 'operator'], about: 'repository' },
  listPolicies: { roles: READERS, about: 'seen' },
  getPolicy: { roles: READERS, about: 'nothing' },
  putPolicy: { roles: ['operator'], about: 'target' },
  deletePolicy: { roles: ['operator'], about: 'target' },
  simulatePolicies: { roles: READERS, about: 'seen' },
  listHolds: { roles: READERS, about: 'seen' },
  getHold: { roles: READERS, about: 'nothing' },
  putHold: { roles: ['operator'], about: 'target' },
  deleteHold: { roles: ['operator'], about: 'target' },
  getSettings: { roles: ['operator'], about: 'seen' },
  putSettings: { roles: ['operator'], about: 'all' },
  listSettingsVersions: { roles: ['operator'], about: 'seen' },
  listAudit: { roles: ['operator'], about: 'all' },
  listAuditBlocks: { roles: ['operator'], about: 'all' },
  readAuditLogs: { roles: ['operator'], about: 'all' },
  examine: { roles: ['operator'], about: 'all' },
  redrive: { roles: ['operator'], about: 'all' },
  replayArtifact: { roles: ['operator'], about: 'hidden' },
  getUser: { roles: 'known', about: 'seen' },
  listUsers: { roles: [], about: 'all' },
  createUser: { roles: [], about: 'all' },
  showUser: { roles: [], about: 'all' },
  deleteUser: { roles: [], about: 'all' },
  listTokens: { roles: [], about: 'all' },
  createToken: { roles: [], about: 'all' },
  rotateToken: { roles: [], about: 'all' },
  revokeToken: { roles: [], about: 'all' },
  listTrust: { roles: [], about: 'all' },
  getTrust: { roles: [], about: 'all' },
  putTrust: { roles: [], about: 'all' },
  deleteTrust: { roles: [], about: 'all' },
};
type About = 'target' | 'app' | 'repository' | 'all' | 'seen' | 'hidden' | 'nothing';

export const OPERATIONS = ROUTES.map(({ operation }) => operation);
