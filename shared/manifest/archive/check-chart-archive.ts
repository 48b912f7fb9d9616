import { gunzipSync } from 'node:zlib';
import { chartRefused } from './chart-refused.ts';
import { checkValuesSchema } from './check-values-schema.ts';
import { readTar } from './read-tar.ts';

const MAX_UNPACKED_BYTES = 20_000_000;
const MAX_ENTRIES = 2_000;
const MAX_PACKED_IN_ONE_ANOTHER = 5;

/**
 * Whether a chart's archive may be given to helm: bounded, plain files in their own directory, nothing that makes
 * helm fetch or read something else; the charts that are packed in it too.
 *
 * @throws UnprocessableError `chart-refused`, naming the file.
 */
export function checkChartArchive(archive: Uint8Array): void {
  new Check().archive(archive, 'the chart', 0);
}

/** What is left of the bounds is shared with the charts inside. */
class Check {
  private bytesLeft = MAX_UNPACKED_BYTES;
  private entriesLeft = MAX_ENTRIES;

  archive(archive: Uint8Array, name: string, depth: number): void {
    if (depth > MAX_PACKED_IN_ONE_ANOTHER)
      throw chartRefused(`charts are packed in one another more than ${MAX_PACKED_IN_ONE_ANOTHER} deep`);
    const unpacked = this.unpack(archive, name);
    for (const { path, content } of readTar(unpacked)) {
      this.entriesLeft -= 1;
      if (this.entriesLeft < 0) throw chartRefused(`it has more than ${MAX_ENTRIES} files`);
      checkPath(path);
      if (/(?:^|\/)values\.schema\.json$/i.test(path)) checkValuesSchema(content.toString(), path);
      if (/(?:^|\/)charts\/.*\.(?:tgz|tar\.gz)$/i.test(path)) this.archive(content, path, depth + 1);
    }
  }

  private unpack(archive: Uint8Array, name: string): Buffer {
    try {
      const unpacked = gunzipSync(archive, { maxOutputLength: Math.max(this.bytesLeft, 1) });
      this.bytesLeft -= unpacked.length;
      return unpacked;
    } catch (error) {
      const isTooLarge = error instanceof RangeError;
      throw chartRefused(
        isTooLarge
          ? `unpacked it has more than ${MAX_UNPACKED_BYTES} bytes`
          : `${name} is not a gzip archive`,
      );
    }
  }
}

function checkPath(path: string): void {
  const segments = path.replace(/\/$/, '').split('/');
  const isPlain = !path.startsWith('/') && !/[\\\0]|^[A-Za-z]:/.test(path) && path.length <= 500;
  const staysInside = segments.every((segment) => segment !== '..');
  if (!isPlain || !staysInside)
    throw chartRefused(`'${path.slice(0, 100)}' is a path that may lead out of it`);
}
