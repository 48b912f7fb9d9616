import { randomUUID } from 'node:crypto';
import { type MessageAttributes, md5OfAttributes, md5OfBody } from '../embedded/sqs/md5.ts';
import { sequenceNumber } from '../embedded/sqs/message-answer.ts';

export interface SentMessage {
  readonly Id?: string;
  readonly MessageBody: string;
  readonly MessageAttributes?: MessageAttributes;
  readonly MessageGroupId?: string;
}

/** The answer to a message that is thrown away: what the SDK checks is right, only nobody will ever receive it. */
export function droppedAnswer(message: SentMessage) {
  return {
    ...(message.Id === undefined ? {} : { Id: message.Id }),
    MessageId: randomUUID(),
    MD5OfMessageBody: md5OfBody(message.MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(message.MessageAttributes ?? {}),
    ...(message.MessageGroupId === undefined ? {} : { SequenceNumber: sequenceNumber(Date.now()) }),
  };
}
