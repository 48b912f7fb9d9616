import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommit, serializeCommit } from '../../../shared/adapters/git/commit-codec.ts';
import { applyDelta, type DeltaStep, encodeDelta } from '../../../shared/adapters/git/delta-codec.ts';
import { MalformedError } from '../../../shared/adapters/git/malformed-error.ts';
import { gitObject } from '../../../shared/adapters/git/object-id.ts';
import {
  DELIMITER,
  decodePackets,
  encodePacket,
  FLUSH,
  packetAt,
} from '../../../shared/adapters/git/pkt-line.ts';
import { demultiplex } from '../../../shared/adapters/git/side-band.ts';
import { decodeOffset, decodeSize, encodeOffset, encodeSize } from '../../../shared/adapters/git/varint.ts';
import { compress, decompressAt } from '../../../shared/adapters/git/zlib-streams.ts';
import { git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const bytes = (options: fc.IntArrayConstraints = {}) =>
  fc.uint8Array(options).map((array) => Buffer.from(array));

/** Reading it must end well or in a MalformedError: never in another error, a hang, or memory without bounds. */
function readsOrRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError);
  }
}

describe('numbers in packs', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(5), (value, padding) => {
        const before = Array.from({ length: padding }, () => 0xff);
        const size = Buffer.from([...before, ...encodeSize(value)]);
        const offset = Buffer.from([...before, ...encodeOffset(value)]);
        expect(decodeSize(size, padding)).toEqual({ value, next: size.length });
        expect(decodeOffset(offset, padding)).toEqual({ value, next: offset.length });
      }),
    );
  });

  it('are refused when they do not end, or are too large', () => {
    for (const decode of [decodeSize, decodeOffset]) {
      expect(() => decode(Buffer.from([0x80]), 0)).toThrow(MalformedError);
      expect(() => decode(Buffer.alloc(20, 0xff), 0)).toThrow(MalformedError);
    }
  });
});

describe('deltas', () => {
  const steps = (base: Buffer): fc.Arbitrary<DeltaStep[]> => {
    const range = fc
      .tuple(fc.nat(base.length), fc.nat(base.length))
      .map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
    return fc.array(
      fc.oneof(
        range.map((copy) => ({ copy })),
        bytes({ maxLength: 400 }).map((insert) => ({ insert })),
      ),
    );
  };
  const cases = bytes({ maxLength: 2000 }).chain((base) => fc.tuple(fc.constant(base), steps(base)));
  const target = (base: Buffer, list: readonly DeltaStep[]) =>
    Buffer.concat(
      list.map((step) => ('insert' in step ? step.insert : base.subarray(step.copy.start, step.copy.end))),
    );

  it('make the target that their steps describe', () => {
    fc.assert(
      fc.property(cases, ([base, list]) => {
        const wanted = target(base, list);
        expect(applyDelta(base, encodeDelta(base.length, wanted.length, list), 1 << 20)).toEqual(wanted);
      }),
    );
  });

  it('copy runs of more than 64 KiB in parts', () => {
    const base = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 31) & 0xff));
    const list = [
      { copy: { start: 3, end: 65_539 } },
      { copy: { start: 0, end: 200_000 } },
      { copy: { start: 70_000, end: 70_256 } },
    ];
    const wanted = target(base, list);
    expect(applyDelta(base, encodeDelta(base.length, wanted.length, list), 1 << 20)).toEqual(wanted);
  });

  it('are read or refused, whatever is in them', () => {
    fc.assert(
      fc.property(bytes(), bytes(), (base, delta) => readsOrRefuses(() => applyDelta(base, delta, 1 << 16))),
    );
  });

  it('that claim a huge target are refused before memory is taken for it', () => {
    const delta = Buffer.from([0, ...encodeSize(2 ** 50)]);
    expect(() => applyDelta(Buffer.alloc(0), delta, 1 << 20)).toThrow(MalformedError);
  });
});

describe('pkt-lines', () => {
  it('come back as they were framed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bytes(), fc.constant('flush' as const), fc.constant('delimiter' as const))),
        (packets) => {
          const framed = packets.map((packet) =>
            packet === 'flush' ? FLUSH : packet === 'delimiter' ? DELIMITER : encodePacket(packet),
          );
          expect([...decodePackets(Buffer.concat(framed))]).toEqual(packets);
        },
      ),
    );
  });

  it('are refused when they are cut off at any byte, or are none', () => {
    const framed = encodePacket('hello');
    for (let length = 1; length < framed.length; length += 1) {
      expect(() => packetAt(framed.subarray(0, length), 0)).toThrow(/breaks off/);
    }
    expect(() => packetAt(Buffer.from('<html>'), 0)).toThrow(/not in pkt-lines/);
    expect(() => packetAt(Buffer.from('0003'), 0)).toThrow(MalformedError);
    expect(() => encodePacket(Buffer.alloc(65_517))).toThrow(RangeError);
  });

  it('are read or refused, whatever is in them', () => {
    fc.assert(fc.property(bytes(), (data) => readsOrRefuses(() => demultiplex(decodePackets(data)))));
  });

  it('carry three channels, and the words of hooks without control characters', () => {
    const framed = [
      encodePacket(Buffer.concat([Buffer.of(1), Buffer.from('da')])),
      encodePacket(Buffer.concat([Buffer.of(2), Buffer.from('one\u001b[31m\rtwo\n')])),
      encodePacket(Buffer.concat([Buffer.of(1), Buffer.from('ta')])),
    ];
    const open = demultiplex(decodePackets(Buffer.concat(framed)));
    expect(open).toMatchObject({ progress: 'one\ntwo', fatal: undefined, complete: false });
    expect(open.data.toString()).toBe('data');
    expect(demultiplex(decodePackets(Buffer.concat([...framed, FLUSH]))).complete).toBe(true);
  });
});

describe('zlib streams', () => {
  it('come back, stored or deflated, and tell where they end', () => {
    fc.assert(
      fc.property(bytes({ maxLength: 3000, size: 'max' }), bytes({ maxLength: 30 }), (content, tail) => {
        const stream = compress(content);
        expect(decompressAt(Buffer.concat([stream, tail]), 0, content.length)).toEqual({
          content,
          next: stream.length,
        });
      }),
    );
  });

  it('are refused when they are longer or shorter than they should be, or broken', () => {
    const stream = compress(Buffer.alloc(5000, 'x'));
    for (const size of [0, 1, 4999, 5001])
      expect(() => decompressAt(stream, 0, size)).toThrow(MalformedError);
    expect(() => decompressAt(stream.subarray(0, -6), 0, 5000)).toThrow(MalformedError);
  });
});

describe('commits', () => {
  const oid = fc.stringMatching(/^[0-9a-f]{40}$/);
  const word = fc.stringMatching(/^[A-Za-zé][A-Za-z é.]{0,20}[a-z]$/);

  it('come back as they were written', () => {
    const commit = fc.record({
      tree: oid,
      parents: fc.array(oid, { maxLength: 3 }),
      identity: fc.record({ name: word, email: word }),
      time: fc.nat(4_000_000_000),
      message: word.map((text) => `${text}\n\nRelease-Id: x\n`),
    });
    fc.assert(
      fc.property(commit, ({ identity, ...content }) => {
        expect(parseCommit(serializeCommit({ ...content, identity }))).toEqual(content);
      }),
    );
  });

  it('have the id that git gives them', () => {
    using folder = temporaryFolder();
    git(folder.path, ['init', '--quiet']);
    const body = serializeCommit({
      tree: git(folder.path, ['write-tree']),
      parents: [],
      identity: { name: 'Gimlet', email: 'g@example.com' },
      time: 1_800_000_000,
      message: 'subject\n',
    });
    expect(gitObject('commit', body).oid).toBe(
      git(folder.path, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: body }),
    );
  });

  it('of others are read past their signatures, encodings and odd dates', () => {
    const tree = 'a'.repeat(40);
    const signed = `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 7 -0330\ngpgsig -----BEGIN\n tree x\n -----END\n\nmessage\n\nmore\n`;
    expect(parseCommit(Buffer.from(signed))).toEqual({
      tree,
      parents: [],
      time: 7,
      message: 'message\n\nmore\n',
    });
    const odd = `tree ${tree}\nauthor A <a@b> x\ncommitter A <a@b>\n\n`;
    expect(parseCommit(Buffer.from(odd))).toEqual({ tree, parents: [], time: 0, message: '' });
    expect(() => parseCommit(Buffer.from('tree nonsense\n\n'))).toThrow(MalformedError);
  });
});
