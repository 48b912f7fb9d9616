/**
 * An error as SQS answers it: `type` is what the JSON protocol and the SDK's classes call it, `queryCode` the older
 * name that clients still see as `Code`.
 */
export class SqsError extends Error {
  override readonly name = 'SqsError';
  readonly type: string;
  readonly queryCode: string;

  constructor(type: string, message: string, queryCode = type) {
    super(message);
    this.type = type;
    this.queryCode = queryCode;
  }
}

export const invalidParameter = (message: string) => new SqsError('InvalidParameterValue', message);

export const queueDoesNotExist = (queue: string) =>
  new SqsError(
    'QueueDoesNotExist',
    `The specified queue does not exist: ${queue}`,
    'AWS.SimpleQueueService.NonExistentQueue',
  );

export const messageNotInflight = () =>
  new SqsError(
    'MessageNotInflight',
    'The message is not in flight: it was deleted, or its visibility ended.',
    'AWS.SimpleQueueService.MessageNotInflight',
  );
