import { gzipSync } from 'node:zlib';
import { chartRefused } from './chart-refused.ts';

const BLOCK = 512;
const LONGEST_NAME = 100;
/** Where gzip says on what system it ran. */
const GZIP_SYSTEM = 9;
const UNKNOWN_SYSTEM = 255;

/**
 * A chart's archive of its files (path in the chart → content), as helm reads it. The same files give the same bytes:
 * they are sorted, nothing tells a time or an owner, and nothing is compressed, which every zlib does in its own way.
 *
 * @throws UnprocessableError `chart-refused` when there is no Chart.yaml.
 */
export function packChart(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  if (!files.has('Chart.yaml')) throw chartRefused('there is no Chart.yaml where it should be');
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.flatMap(([path, content]) => packFile(`chart/${path}`, content));
  const archive = gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]), { level: 0 });
  archive[GZIP_SYSTEM] = UNKNOWN_SYSTEM;
  return archive;
}

function packFile(path: string, content: Uint8Array): Buffer[] {
  const name = Buffer.from(path);
  const longName =
    name.length > LONGEST_NAME ? packEntry('././@LongLink', 'L', Buffer.from(`${path}\0`)) : [];
  return [...longName, ...packEntry(name.subarray(0, LONGEST_NAME), '0', content)];
}

function packEntry(name: string | Buffer, type: string, content: Uint8Array): Buffer[] {
  const header = Buffer.alloc(BLOCK);
  header.set(Buffer.from(name));
  header.write('0000644\0', 100);
  header.write('0000000\x000000000\0', 108);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, Buffer.from(content), Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}
