import type { Mark } from '../messages/mark.ts';
import type { TargetName } from './release.ts';

/** Has a target looked after at `dueAt`, by the sweeper if by nobody else; both in unix milliseconds. */
export function targetMark({ app, env }: TargetName, dueAt: number, now: number): Mark {
  return { queue: 'events', message: { type: 'target', app, env }, version: now, sends: 0, dueAt };
}
