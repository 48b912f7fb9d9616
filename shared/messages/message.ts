import * as z from 'zod';

/** Messages carry ids, never documents: each is a wake-up, and the table says what is to be done. */
const base = { correlationId: z.string().max(200).optional() };

/** `events`: something arrived that wants a decision, or something that waits wants to be looked after. */
export const eventMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('artifact'),
    artifactId: z.string().min(1),
    /** Of an operator's request to decide once more. */
    replay: z.string().min(1).max(100).optional(),
    /** Who asked for that: they can't approve what comes of it. */
    replayedBy: z.object({ id: z.string(), name: z.string() }).optional(),
    ...base,
  }),
  z.object({ type: z.literal('request'), requestId: z.string().min(1), ...base }),
  z.object({ type: z.literal('branch'), repository: z.string().min(1), branch: z.string().min(1), ...base }),
  z.object({ type: z.literal('target'), app: z.string().min(1), env: z.string().min(1), ...base }),
  z.object({ type: z.literal('approval'), releaseId: z.string().min(1), ...base }),
]);
export type EventMessage = z.infer<typeof eventMessage>;

/** `render-requests`: a release is queued. */
export const renderMessage = z.object({ type: z.literal('render'), releaseId: z.string().min(1), ...base });
export type RenderMessage = z.infer<typeof renderMessage>;

/** `gitops-writes`: a release is ready to be written, or a branch wants to be looked after. */
export const writeMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('write'), releaseId: z.string().min(1), ...base }),
  z.object({ type: z.literal('branch'), url: z.string().min(1), branch: z.string().min(1), ...base }),
]);
export type WriteMessage = z.infer<typeof writeMessage>;

/** `notifications`: a release has ended, something is to be told, or a channel is to be told of it. */
export const notificationMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ending'), releaseId: z.string().min(1), ...base }),
  z.object({ type: z.literal('notice'), noticeId: z.string().min(1), ...base }),
  z.object({ type: z.literal('delivery'), noticeId: z.string().min(1), channel: z.string().min(1), ...base }),
]);
export type NotificationMessage = z.infer<typeof notificationMessage>;

export type Message = EventMessage | RenderMessage | WriteMessage | NotificationMessage;
