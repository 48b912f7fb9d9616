import { MalformedError } from './malformed-error.ts';
import type { Packet } from './pkt-line.ts';
import { plainLines } from './server-words.ts';

/** The three channels of side-band-64k, put together again. */
export interface Channels {
  readonly data: Buffer;
  /** What hooks and git say for people, without control characters. */
  readonly progress: string;
  /** Set when the server gave up in the middle. */
  readonly fatal: string | undefined;
  /** False when the stream ended without its flush. */
  readonly complete: boolean;
}

/** Reads packets up to the flush that ends the stream. */
export function demultiplex(packets: Iterable<Packet>): Channels {
  const channels: Buffer[][] = [[], [], []];
  let complete = false;
  for (const packet of packets) {
    if (packet === 'flush' || packet === 'response-end') {
      complete = true;
      break;
    }
    const channel = packet === 'delimiter' ? undefined : channels[(packet[0] ?? 0) - 1];
    if (packet === 'delimiter' || channel === undefined)
      throw new MalformedError('the answer uses an unknown side band');
    channel.push(packet.subarray(1));
  }
  const [data = [], progress = [], fatal = []] = channels;
  return {
    data: Buffer.concat(data),
    progress: readable(Buffer.concat(progress)),
    fatal: fatal.length === 0 ? undefined : readable(Buffer.concat(fatal)),
    complete,
  };
}

function readable(bytes: Buffer): string {
  return plainLines(bytes.toString('utf8')).join('\n');
}
