import { type SealPorts, type SealReport, sealEntries } from '../../shared/audit/seal-entries.ts';
import type { ResendPolicy } from '../../shared/messages/mark.ts';
import {
  eventMessage,
  notificationMessage,
  renderMessage,
  writeMessage,
} from '../../shared/messages/message.ts';
import type { Outbox } from '../../shared/messages/outbox.ts';
import {
  type Backlog,
  type DeadLetters,
  inspectBacklog,
  type Redriven,
  redrive,
} from '../../shared/messages/redrive.ts';
import { type DueItems, type SweepReport, sweep } from '../../shared/messages/sweep.ts';
import type { SweeperRequest } from '../../shared/messages/sweeper-invocation.ts';

export interface SweeperPorts {
  readonly due: DueItems;
  readonly deadLetters: DeadLetters;
  readonly outbox: Outbox;
  readonly resend: ResendPolicy;
  readonly clock: () => number;
}

/** Items of one sweep; what is over is still due at the next. */
const LIMIT = 1_000;

const MESSAGES = {
  events: eventMessage,
  'render-requests': renderMessage,
  'gitops-writes': writeMessage,
  notifications: notificationMessage,
} as const;

/** No block is begun after so long; what is left is sealed by the next one. */
const SEALING_MS = 25_000;

export function makeSealer(ports: SealPorts) {
  return (): Promise<SealReport> => sealEntries(ports, ports.clock() + SEALING_MS);
}

export function makeSweeper({ due, outbox, resend, clock }: SweeperPorts) {
  return (): Promise<SweepReport> => sweep({ due, outbox }, { now: clock(), limit: LIMIT, resend });
}

/** Does what an operator asks for out of turn. */
export function makeSweeperRequests(ports: SweeperPorts) {
  return ({ ask }: SweeperRequest): Promise<Backlog | Redriven> => {
    const options = { now: ports.clock(), limit: LIMIT, resend: ports.resend };
    return ask === 'backlog' ? inspectBacklog(ports, options) : redrive(ports, { ...options, isKnown });
  };
}

function isKnown(queue: keyof typeof MESSAGES, body: string): boolean {
  try {
    return MESSAGES[queue].safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
