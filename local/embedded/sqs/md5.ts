import { createHash } from 'node:crypto';

/** As the JSON protocol carries it; binary values in base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

export function md5OfBody(body: string): string {
  return createHash('md5').update(body).digest('hex');
}

/**
 * Digest of message attributes, or undefined when there are none: by name, each as length-prefixed name and type, a
 * byte that tells text (1) from binary (2), and the length-prefixed value ("Calculating the MD5 message digest for
 * message attributes", SQS developer guide).
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    const binary = DataType.startsWith('Binary');
    const value = binary ? Buffer.from(BinaryValue ?? '', 'base64') : Buffer.from(StringValue ?? '');
    hash.update(lengthPrefixed(Buffer.from(name))).update(lengthPrefixed(Buffer.from(DataType)));
    hash.update(Buffer.from([binary ? 2 : 1])).update(lengthPrefixed(value));
  }
  return hash.digest('hex');
}

function lengthPrefixed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
