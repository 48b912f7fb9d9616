import type { Tokens } from '../access/manage-tokens.ts';
import type { TrustPolicies } from '../access/trust/change-trust.ts';
import type { ResendPolicy } from '../messages/mark.ts';
import type { Outbox } from '../messages/outbox.ts';
import type { Notices } from '../notification/ports.ts';
import type { Bundles, ControlsReader, DriftRecords, Releases, Targets } from '../release/ports.ts';
import type { Settings } from '../release/settings.ts';
import type { BranchRef, GitEngine } from './git-engine.ts';
import type { Journals } from './journal.ts';
import type { Pauses } from './pause.ts';

export interface ReadyReleases {
  /** Ids of what waits for a branch, oldest first; from an index, so it may lag. */
  list(branch: BranchRef, limit: number): Promise<string[]>;
}

export interface WriterPorts {
  readonly git: GitEngine;
  readonly releases: Releases;
  readonly ready: ReadyReleases;
  readonly targets: Targets;
  readonly controls: ControlsReader;
  readonly tokens: Pick<Tokens, 'get'>;
  readonly trusts: Pick<TrustPolicies, 'get'>;
  readonly bundles: Bundles;
  readonly journals: Journals;
  readonly pauses: Pauses;
  readonly drift: DriftRecords;
  readonly notices: Pick<Notices, 'putOnce'>;
  /** For what is told. */
  readonly outbox: Outbox;
  readonly settings: Settings;
  readonly resend: ResendPolicy;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 to 1, for backoff. */
  readonly random: () => number;
}
