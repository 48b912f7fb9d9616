import { LOCAL_AWS } from '../local-aws.ts';
import { type MessageAttributes, md5OfAttributes, md5OfBody } from './md5.ts';
import type { Delivery, Queue, Sent } from './queue.ts';

export interface Wanted {
  readonly AttributeNames: readonly string[];
  readonly MessageSystemAttributeNames: readonly string[];
  readonly MessageAttributeNames: readonly string[];
}

export function queueArn(name: string): string {
  return `arn:aws:sqs:${LOCAL_AWS.region}:${LOCAL_AWS.accountId}:${name}`;
}

/** SQS shows sequence numbers as 20 digits, so that they sort as text. */
export function sequenceNumber(sequence: number): string {
  return String(sequence).padStart(20, '0');
}

/** Answer to a send: the SDK checks the digests against what it sent. */
export function sentAnswer(queue: Queue, sent: Sent, body: string, attributes: MessageAttributes) {
  return {
    MessageId: sent.id,
    MD5OfMessageBody: md5OfBody(body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    SequenceNumber: queue.fifo ? sequenceNumber(sent.sequence) : undefined,
  };
}

/** A received message, with the attributes that were asked for. */
export function messageAnswer(queue: Queue, delivery: Delivery, wanted: Wanted) {
  const names = [...wanted.AttributeNames, ...wanted.MessageSystemAttributeNames];
  const attributes = pick(delivery.attributes, (name) => matches(wanted.MessageAttributeNames, name));
  return {
    MessageId: delivery.id,
    ReceiptHandle: delivery.receipt,
    Body: delivery.body,
    MD5OfBody: md5OfBody(delivery.body),
    Attributes: pick(
      systemAttributes(queue, delivery),
      (name) => names.includes('All') || names.includes(name),
    ),
    MessageAttributes: attributes,
    MD5OfMessageAttributes: attributes === undefined ? undefined : md5OfAttributes(attributes),
  };
}

function systemAttributes(queue: Queue, delivery: Delivery): Record<string, string | undefined> {
  return {
    SenderId: LOCAL_AWS.accountId,
    SentTimestamp: String(delivery.sentAt),
    ApproximateReceiveCount: String(delivery.receives),
    ApproximateFirstReceiveTimestamp: String(delivery.firstReceivedAt),
    SequenceNumber: queue.fifo ? sequenceNumber(delivery.sequence) : undefined,
    MessageGroupId: delivery.groupId,
    MessageDeduplicationId: delivery.dedupId,
    DeadLetterQueueSourceArn: delivery.cameFrom === undefined ? undefined : queueArn(delivery.cameFrom),
  };
}

/** `All` and `.*` ask for every attribute, `prefix.*` for those of a prefix. */
function matches(wanted: readonly string[], name: string): boolean {
  return wanted.some((one) => {
    if (one === 'All' || one === '.*') return true;
    return one.endsWith('.*') ? name.startsWith(one.slice(0, -1)) : name === one;
  });
}

function pick<V>(from: Readonly<Record<string, V>>, keep: (name: string) => boolean) {
  const kept = Object.entries(from).filter(([name, value]) => value !== undefined && keep(name));
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as Record<string, NonNullable<V>>);
}
