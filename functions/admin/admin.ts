import type { OperatedFunctions } from '../../shared/gitops/operate.ts';
import type { Branches } from '../../shared/release/branch.ts';
import type { ChangePolicyPorts } from '../../shared/release/change-policy.ts';
import type { SettingsPorts } from '../../shared/release/change-settings.ts';
import type { HoldPorts } from '../../shared/release/hold-target.ts';
import type { Settings } from '../../shared/release/settings.ts';
import type { SimulatePorts } from '../../shared/release/simulate-policies.ts';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import { type AuditOperationPorts, auditOperations } from './audit-operations.ts';
import { holdOperations } from './hold-operations.ts';
import { hookOperations } from './hook-operations.ts';
import { operatorOperations } from './operator-operations.ts';
import { policyOperations } from './policy-operations.ts';
import { settingsOperations } from './settings-operations.ts';
import { type TokenOperationPorts, tokenOperations } from './token-operations.ts';
import { type TrustOperationPorts, trustOperations } from './trust-operations.ts';
import { userOperations } from './user-operations.ts';

export interface AdminPorts
  extends ChangePolicyPorts,
    HoldPorts,
    SimulatePorts,
    SettingsPorts,
    TokenOperationPorts,
    TrustOperationPorts,
    AuditOperationPorts {
  readonly settings: Settings;
  readonly policies: ChangePolicyPorts['policies'];
  readonly targets: ChangePolicyPorts['targets'] & HoldPorts['targets'] & SettingsPorts['targets'];
  readonly branches: Pick<Branches, 'markDeleted' | 'markCreated'>;
  readonly functions: OperatedFunctions;
  /** A new unguessable id. */
  readonly newId: () => string;
  readonly clock: () => number;
}

export function makeAdmin(ports: AdminPorts): HttpOperations {
  return {
    ...policyOperations(ports),
    ...holdOperations(ports),
    ...hookOperations(ports),
    ...tokenOperations(ports),
    ...userOperations(ports),
    ...settingsOperations(ports),
    ...operatorOperations(ports),
    ...auditOperations(ports),
    ...trustOperations(ports),
  };
}
