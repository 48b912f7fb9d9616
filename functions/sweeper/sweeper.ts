import { type SealPorts, type SealReport, sealEntries } from '../../shared/audit/seal-entries.ts';
import type { ResendPolicy } from '../../shared/messages/mark.ts';
import type { Outbox } from '../../shared/messages/outbox.ts';
import { type DueItems, type SweepReport, sweep } from '../../shared/messages/sweep.ts';

export interface SweeperPorts {
  readonly due: DueItems;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  readonly clock: () => number;
}

/** Items of one sweep; what is over is still due at the next. */
const LIMIT = 1_000;

/** No block is begun after so long; what is left is sealed by the next one. */
const SEALING_MS = 25_000;

export function makeSealer(ports: SealPorts) {
  return (): Promise<SealReport> => sealEntries(ports, ports.clock() + SEALING_MS);
}

export function makeSweeper({ due, outbox, resend, clock }: SweeperPorts) {
  return (): Promise<SweepReport> => sweep({ due, outbox }, { now: clock(), limit: LIMIT, resend });
}
