import type { Decision } from '../policy/decision.ts';
import type { Decisions } from './ports.ts';

/** Decisions, and whoever wants to know is told of each that was not there before. */
export function observeDecisions(decisions: Decisions, made: (decision: Decision) => void): Decisions {
  return {
    find: (artifactId, cause, index) => decisions.find(artifactId, cause, index),
    listOfCause: (artifactId, cause) => decisions.listOfCause(artifactId, cause),
    async putOnce(wanted, firstIndex) {
      const stored = await decisions.putOnce(wanted, firstIndex);
      for (const [n, decision] of stored.entries()) {
        if (decision.decidedAt === wanted[n]?.decidedAt) made(decision);
      }
      return stored;
    },
  };
}
