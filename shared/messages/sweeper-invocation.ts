import * as z from 'zod';
import { QUEUE_NAMES } from './mark.ts';

/** What the sweeper is invoked with by an operator; its schedule asks for nothing. */
export const sweeperRequest = z.object({ ask: z.enum(['backlog', 'redrive']) });
export type SweeperRequest = z.infer<typeof sweeperRequest>;

const queue = z.enum(QUEUE_NAMES);

export const backlogAnswer = z.object({
  due: z.int(),
  overdueMs: z.number(),
  deadLetters: z.partialRecord(queue, z.int()),
});

export const redriveAnswer = z.object({
  sent: z.int(),
  removed: z.int(),
  kept: z.array(z.object({ queue, body: z.string() })),
});
