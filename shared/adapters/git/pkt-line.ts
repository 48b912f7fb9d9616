import { MalformedError } from './malformed-error.ts';

/**
 * Git's framing: four hex digits that count themselves, then so many bytes less four; 0000 ends a message, 0001 a
 * section, 0002 an answer (gitprotocol-common, gitprotocol-v2).
 */
export type Packet = Buffer | 'flush' | 'delimiter' | 'response-end';

export const FLUSH = Buffer.from('0000');
export const DELIMITER = Buffer.from('0001');

const MAX_PAYLOAD = 65_516;
const SPECIAL: Readonly<Record<number, Packet>> = { 0: 'flush', 1: 'delimiter', 2: 'response-end' };

export function encodePacket(payload: string | Uint8Array): Buffer {
  const bytes = Buffer.from(payload);
  if (bytes.length > MAX_PAYLOAD) throw new RangeError(`a packet carries at most ${MAX_PAYLOAD} bytes`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** One line of text, with the newline that git's own lines have. */
export function encodeLine(text: string): Buffer {
  return encodePacket(`${text}\n`);
}

/** The packet at a place, and where the next begins. @throws MalformedError, also when it is cut off. */
export function packetAt(bytes: Buffer, at: number): { readonly packet: Packet; readonly next: number } {
  const digits = bytes.toString('latin1', at, at + 4);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
    throw new MalformedError(
      at + 4 > bytes.length ? 'the answer breaks off' : 'the answer is not in pkt-lines',
    );
  }
  const length = Number.parseInt(digits, 16);
  const special = SPECIAL[length];
  if (special !== undefined) return { packet: special, next: at + 4 };
  if (length < 4 || at + length > bytes.length) throw new MalformedError('the answer breaks off');
  return { packet: bytes.subarray(at + 4, at + length), next: at + length };
}

/** Every packet to the end of the bytes. */
export function* decodePackets(bytes: Buffer): Generator<Packet> {
  for (let at = 0; at < bytes.length; ) {
    const { packet, next } = packetAt(bytes, at);
    yield packet;
    at = next;
  }
}

/** A packet as a line of text, without its newline. */
export function lineOf(packet: Buffer): string {
  return packet.toString('utf8').replace(/\n$/, '');
}
