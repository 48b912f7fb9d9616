import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** Tar's type flag: '0' a file (unless given), '5' a directory, '2' a symbolic link … */
  readonly type?: string;
  readonly linkTo?: string;
}

const BLOCK = 512;

/** A tar archive of exactly these entries, good or bad: the same entries give the same bytes. */
export function packTar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(packEntry), Buffer.alloc(2 * BLOCK)]);
}

export function packTgz(entries: readonly TarEntry[]): Buffer {
  return gzipSync(packTar(entries));
}

/** A chart as helm would pack it: files by their path in the chart, below the chart's name. */
export function packChart(name: string, files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return packTgz(Object.entries(files).map(([path, content]) => ({ path: `${name}/${path}`, content })));
}

/** The chart of ours in test/fixtures/charts; files given here replace or join its own. */
export function packFixtureChart(
  name: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Buffer {
  const root = fileURLToPath(new URL(`../fixtures/charts/${name}`, import.meta.url));
  const own = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [relative(root, path), readFileSync(path)] as const);
  return packChart(name, { ...Object.fromEntries(own), ...files });
}

function packEntry({ path, content = '', type = '0', linkTo = '' }: TarEntry): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\x000000000\0', 108);
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(linkTo, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]);
}
