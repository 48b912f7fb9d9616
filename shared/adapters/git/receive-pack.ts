import { redact } from '../../errors/redact.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import { ZERO_OID } from './object-id.ts';
import { decodePackets, encodePacket, FLUSH, lineOf } from './pkt-line.ts';
import { demultiplex } from './side-band.ts';

export interface PushCommand {
  readonly ref: string;
  /** What the ref must be now (null: not there), and what it shall be. */
  readonly from: Oid | null;
  readonly to: Oid;
}

/** What the server said became of a push. */
export interface PushReport {
  /** Whether the pack was taken in and the ref was set. */
  readonly accepted: boolean;
  /** `ok`, or why the pack could not be taken in. */
  readonly unpack: string;
  /** All of its words: of hooks, of unpacking, of the ref. */
  readonly words: string;
}

/** Sent only where they were advertised: CodeCommit aborts a push that carries another. */
const WANTED = ['report-status', 'side-band-64k', 'ofs-delta', 'object-format=sha1'];

/** A push of one ref: a compare-and-swap at the server, whatever it is that it holds. */
export function pushRequest(command: PushCommand, pack: Buffer, advertised: readonly string[]): Buffer {
  const capabilities = WANTED.filter((name) => advertised.includes(name));
  const line = `${command.from ?? ZERO_OID} ${command.to} ${command.ref}\0 ${capabilities.join(' ')}`;
  return Buffer.concat([encodePacket(line), FLUSH, pack]);
}

/** Undefined when the answer is not a whole report: then nobody knows what became of the push. */
export function parsePushReport(
  body: Buffer,
  ref: string,
  advertised: readonly string[],
): PushReport | undefined {
  if (!advertised.includes('report-status')) return undefined;
  try {
    if (!advertised.includes('side-band-64k')) return readReport(body, ref, '');
    const { data, progress, fatal, complete } = demultiplex(decodePackets(body));
    if (fatal !== undefined) return { accepted: false, unpack: fatal, words: joinWords([progress, fatal]) };
    return complete ? readReport(data, ref, progress) : undefined;
  } catch {
    return undefined;
  }
}

function readReport(report: Buffer, ref: string, progress: string): PushReport | undefined {
  const packets = [...decodePackets(report)];
  const lines = packets.filter((packet) => Buffer.isBuffer(packet)).map(lineOf);
  const unpack = lines.find((line) => line.startsWith('unpack '))?.slice('unpack '.length);
  const accepted = lines.includes(`ok ${ref}`);
  const reason = lines.find((line) => line.startsWith(`ng ${ref} `))?.slice(`ng ${ref} `.length);
  if (unpack === undefined || (!accepted && reason === undefined)) return undefined;
  const words = joinWords([progress, unpack === 'ok' ? '' : unpack, reason ?? '']);
  return { accepted: accepted && unpack === 'ok', unpack, words };
}

function joinWords(words: readonly string[]): string {
  return redact(words.filter((line) => line !== '').join('\n'));
}
