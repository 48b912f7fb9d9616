import { GitRefusedError, TransientError } from '../../errors/errors.ts';
import type { Oid } from '../../gitops/git-engine.ts';
import { MalformedError } from './malformed-error.ts';
import { isOid, ZERO_OID } from './object-id.ts';
import { DELIMITER, decodePackets, encodeLine, FLUSH, lineOf, type Packet, packetAt } from './pkt-line.ts';
import { demultiplex } from './side-band.ts';

/** The first answer of a service: what it can do and, in version 0, the refs. */
export interface Advertisement {
  readonly protocol: 0 | 2;
  readonly capabilities: readonly string[];
  readonly refs: ReadonlyMap<string, Oid>;
}

export interface FetchRequest {
  readonly wants: readonly Oid[];
  /** Commits that we hold; each is taken to be shallow, for we never hold a history. */
  readonly haves?: readonly Oid[];
  /** How many commits deep; all of history when left out. */
  readonly deepen?: number;
  readonly filter?: string | undefined;
}

/** The server said no to this way of asking, in its own words: another way may do. */
export class FetchRefusedError extends Error {}

export function parseAdvertisement(body: Buffer, service: string): Advertisement {
  const lines = completeLines(body);
  const rest = lines.filter((line) => line !== `# service=${service}` && line !== 'version 1');
  const error = rest.find((line) => line.startsWith('ERR '));
  if (error !== undefined) throw new GitRefusedError(`The git server says: ${error.slice(4)}`);
  const version2 = rest[0] === 'version 2';
  const advertisement: Advertisement = version2
    ? { protocol: 2, capabilities: rest.slice(1), refs: new Map() }
    : parseVersion0(rest);
  requireSha1(advertisement.capabilities);
  return advertisement;
}

/** The lines of a list, which ends in a flush unless in an error: an empty answer is no empty list. */
function completeLines(body: Buffer): string[] {
  const packets = [...decodePackets(body)];
  const lines = packets.filter((packet) => Buffer.isBuffer(packet)).map(lineOf);
  if (packets.at(-1) === 'flush' || lines.some((line) => line.startsWith('ERR '))) return lines;
  throw new MalformedError('the answer breaks off');
}

function parseVersion0(lines: readonly string[]): Advertisement {
  const [first = '', ...others] = lines;
  const nul = first.indexOf('\0');
  if (nul < 0) throw new MalformedError('the answer names no capabilities');
  const capabilities = first
    .slice(nul + 1)
    .split(' ')
    .filter(Boolean);
  // SHA-256 ids are longer: they are told apart before they are looked at.
  requireSha1(capabilities);
  const refs = [first.slice(0, nul), ...others].map(parseRef).filter(([name]) => name !== 'capabilities^{}');
  return { protocol: 0, capabilities, refs: new Map(refs.filter(([, oid]) => oid !== ZERO_OID)) };
}

function requireSha1(capabilities: readonly string[]): void {
  const format = capabilities.find((capability) => capability.startsWith('object-format='));
  if (format === undefined || format === 'object-format=sha1') return;
  throw new GitRefusedError(
    `The GitOps repo uses ${format.slice(14)} object ids: only SHA-1 repos can be written to.`,
  );
}

function parseRef(line: string): [name: string, oid: Oid] {
  const [oid = '', name = ''] = line.split(' ');
  if (!isOid(oid)) throw new MalformedError('the answer lists a ref without an object id');
  return [name, oid];
}

export function lsRefsRequest(ref: string): Buffer {
  return Buffer.concat([encodeLine('command=ls-refs'), DELIMITER, encodeLine(`ref-prefix ${ref}`), FLUSH]);
}

/** Refs of an answer to ls-refs; attributes after the name are left out. */
export function parseLsRefs(body: Buffer): ReadonlyMap<string, Oid> {
  const lines = completeLines(body);
  const error = lines.find((line) => line.startsWith('ERR '));
  if (error !== undefined) throw new TransientError('git-protocol', `The git server says: ${error.slice(4)}`);
  return new Map(lines.map(parseRef));
}

/** A request for a pack in version 2 (gitprotocol-v2, fetch). All is said at once: there is nothing to negotiate. */
export function fetchRequestV2(request: FetchRequest): Buffer {
  const args = ['ofs-delta', 'no-progress', ...(request.haves ? ['thin-pack'] : []), ...wishes(request)];
  return Buffer.concat([
    encodeLine('command=fetch'),
    DELIMITER,
    ...[...args, ...haveLines(request), 'done'].map(encodeLine),
    FLUSH,
  ]);
}

/** The same in version 0 (gitprotocol-pack). Only what was advertised is asked for. */
export function fetchRequestV0(request: FetchRequest, advertised: readonly string[]): Buffer {
  const [first = '', ...others] = wishes(request);
  const capabilities = V0_CAPABILITIES.filter((name) => advertised.includes(name));
  return Buffer.concat([
    encodeLine([first, ...capabilities].join(' ')),
    ...others.map(encodeLine),
    FLUSH,
    ...[...haveLines(request), 'done'].map(encodeLine),
  ]);
}

/** Azure DevOps insists on multi_ack_detailed, though we have nothing to negotiate. */
const V0_CAPABILITIES = [
  'multi_ack_detailed',
  'thin-pack',
  'side-band-64k',
  'ofs-delta',
  'no-progress',
  'filter',
];

function wishes({ wants, haves = [], deepen, filter }: FetchRequest): string[] {
  return [
    ...wants.map((oid) => `want ${oid}`),
    ...haves.map((oid) => `shallow ${oid}`),
    ...(deepen === undefined ? [] : [`deepen ${deepen}`]),
    ...(filter === undefined ? [] : [`filter ${filter}`]),
  ];
}

function haveLines({ haves = [] }: FetchRequest): string[] {
  return haves.map((oid) => `have ${oid}`);
}

/** The pack in an answer of version 2. @throws FetchRefusedError when there is none. */
export function parseFetchV2(body: Buffer): Buffer {
  const packets = decodePackets(body);
  for (const packet of packets) {
    if (!Buffer.isBuffer(packet)) continue;
    const line = lineOf(packet);
    if (line.startsWith('ERR ')) throw new FetchRefusedError(line.slice(4));
    if (line === 'packfile') return packOf(packets);
  }
  // Some servers answer a filter that they don't take with an empty answer: that is no empty repo.
  throw new FetchRefusedError('the answer has no packfile section');
}

/** The pack in an answer of version 0: after shallow lines, acknowledgements, and with or without side bands. */
export function parseFetchV0(body: Buffer): Buffer {
  for (let at = 0; at < body.length; ) {
    if (body.toString('latin1', at, at + 4) === 'PACK') return body.subarray(at);
    const { packet, next } = packetAt(body, at);
    if (Buffer.isBuffer(packet)) {
      if ((packet[0] ?? 0) <= 3) return packOf(decodePackets(body.subarray(at)));
      const line = lineOf(packet);
      if (line.startsWith('ERR ')) throw new FetchRefusedError(line.slice(4));
    }
    at = next;
  }
  throw new FetchRefusedError('the answer has no pack');
}

function packOf(packets: Iterable<Packet>): Buffer {
  const { data, fatal, complete } = demultiplex(packets);
  if (fatal !== undefined) throw new MalformedError(`the server gave up: ${fatal}`);
  if (!complete) throw new MalformedError('the answer breaks off');
  return data;
}
