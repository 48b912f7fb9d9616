import type { Decision } from '../policy/decision.ts';
import type { Decisions } from './ports.ts';

/** Decisions, and whoever wants to know is told of each that was not there before. */
export function observeDecisions(decisions: Decisions, made: (decision: Decision) => void): Decisions {
  return {
    find: (artifactId, cause, index) => decisions.find(artifactId, cause, index),
    findAll: (artifactId, cause) => decisions.findAll(artifactId, cause),
    async putOnce(decision, index) {
      const stored = await decisions.putOnce(decision, index);
      if (stored.decidedAt === decision.decidedAt) made(stored);
      return stored;
    },
  };
}
