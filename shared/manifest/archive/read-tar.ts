import { chartRefused } from './chart-refused.ts';

export interface TarFile {
  readonly path: string;
  readonly content: Buffer;
}

const BLOCK = 512;
const REGULAR: ReadonlySet<string> = new Set(['0', '\0']);
const DIRECTORY = '5';
const LONG_NAME = 'L';
const PAX = 'x';
const PAX_GLOBAL = 'g';
const EXTENDED: ReadonlySet<string> = new Set([LONG_NAME, PAX, PAX_GLOBAL]);

/**
 * The files of a tar archive, one after another. Strict on purpose: it only takes what packing a chart makes (files
 * and directories; long names in GNU's or POSIX's way), so that no other reader of it sees anything else than we do.
 *
 * @throws UnprocessableError `chart-refused` for links, devices and whatever else it does not know.
 */
export function* readTar(archive: Buffer): Generator<TarFile, void, void> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const size = octal(header.subarray(124, 136));
    const content = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length < size) throw chartRefused('its archive is cut off');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = String.fromCharCode(header[156] ?? 0);
    if (EXTENDED.has(type)) {
      longName = extendedName(type, content, longName);
      continue;
    }
    const path = longName ?? shortName(header);
    longName = undefined;
    if (REGULAR.has(type)) yield { path, content };
    else if (type === DIRECTORY) yield { path, content: Buffer.alloc(0) };
    else throw chartRefused(`'${path}' is a link or no file at all`);
  }
}

/** The name that an extended header gives to the file after it. Two names would be read differently elsewhere. */
function extendedName(type: string, content: Buffer, before: string | undefined): string | undefined {
  const name = type === LONG_NAME ? text(content) : paxPath(content);
  if (name !== undefined && (before !== undefined || type === PAX_GLOBAL))
    throw chartRefused(`its archive has two names for '${name}'`);
  return name ?? before;
}

function checkSum(header: Buffer): void {
  const given = octal(header.subarray(148, 156));
  // The sum is taken with spaces where it will stand itself.
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (sum !== given) throw chartRefused('its archive is not a tar archive');
}

function octal(field: Buffer): number {
  const digits = field.toString('latin1').replaceAll(/[ \0]+$|^ +/g, '');
  if (!/^[0-7]*$/.test(digits)) throw chartRefused('its archive has numbers that are not octal');
  return Number.parseInt(digits || '0', 8);
}

function shortName(header: Buffer): string {
  const name = text(header.subarray(0, 100));
  const isPosix = header.subarray(257, 263).toString('latin1') === 'ustar\0';
  // Its prefix is shorter than POSIX', and nobody packs charts with it.
  if (isPosix && header.subarray(508, 512).toString('latin1') === 'tar\0')
    throw chartRefused("its archive is one of 'star'");
  const prefix = isPosix ? text(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? field.length : end).toString();
}

/** What an extended header may say that changes nothing for us. */
const HARMLESS =
  /^(?:[acm]time|[ug]id|[ug]name|comment|charset|hdrcharset|SCHILY\.(?!realsize).*|LIBARCHIVE\..*)$/;

/** Records are `<length> <key>=<value>\n`. */
function paxPath(content: Buffer): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(content.subarray(at, at + 20).toString('latin1'), 10);
    const record = content.subarray(at, at + length).toString();
    const [, key = '', value = ''] = /^\d+ ([^=]+)=(.*)\n$/s.exec(record) ?? [];
    if (key === 'path') path = value;
    else if (!HARMLESS.test(key)) throw chartRefused(`its archive has the extended header '${key}'`);
    at += length;
  }
  return path;
}
