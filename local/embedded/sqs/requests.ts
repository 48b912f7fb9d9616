import * as z from 'zod';

const attribute = z.object({
  DataType: z.string().min(1),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const message = {
  MessageBody: z.string().min(1),
  MessageAttributes: z.record(z.string(), attribute).default({}),
  MessageGroupId: z.string().min(1).max(128).optional(),
  MessageDeduplicationId: z.string().min(1).max(128).optional(),
  DelaySeconds: z.int().min(0).max(900).optional(),
};
const visibility = z.int().min(0).max(43_200);
const entryId = { Id: z.string().min(1) };
const queueUrl = { QueueUrl: z.string().min(1) };
const receipt = { ReceiptHandle: z.string().min(1) };
const newVisibility = { ...receipt, VisibilityTimeout: visibility };
const seconds = z.coerce.number().int().min(0);

/** What each action of the JSON protocol takes; fields that change nothing here are let through. */
export const REQUESTS = {
  createQueue: z.object({
    QueueName: z.string().regex(/^[\w-]{1,75}(\.fifo)?$/),
    Attributes: z
      .object({
        FifoQueue: z.stringbool().default(false),
        ContentBasedDeduplication: z.stringbool().default(false),
        VisibilityTimeout: seconds.default(30),
        MessageRetentionPeriod: seconds.default(345_600),
        DelaySeconds: seconds.default(0),
        RedrivePolicy: z.string().optional(),
      })
      .prefault({}),
  }),
  redrivePolicy: z.object({
    deadLetterTargetArn: z.string(),
    maxReceiveCount: z.coerce.number().int().min(1),
  }),
  getQueueUrl: z.object({ QueueName: z.string().min(1) }),
  listQueues: z.object({ QueueNamePrefix: z.string().default('') }),
  queue: z.object(queueUrl),
  sendMessage: z.object({ ...queueUrl, ...message }),
  sendEntry: z.object({ ...entryId, ...message }),
  receiveMessage: z.object({
    ...queueUrl,
    MaxNumberOfMessages: z.int().min(1).max(10).default(1),
    VisibilityTimeout: visibility.optional(),
    WaitTimeSeconds: z.int().min(0).max(20).default(0),
    AttributeNames: z.array(z.string()).default([]),
    MessageSystemAttributeNames: z.array(z.string()).default([]),
    MessageAttributeNames: z.array(z.string()).default([]),
  }),
  deleteMessage: z.object({ ...queueUrl, ...receipt }),
  deleteEntry: z.object({ ...entryId, ...receipt }),
  changeVisibility: z.object({ ...queueUrl, ...newVisibility }),
  visibilityEntry: z.object({ ...entryId, ...newVisibility }),
  batch: z.object({ ...queueUrl, Entries: z.array(z.looseObject(entryId)) }),
} as const;
