import { type BenchRelease, BOT, BRANCH } from './bench-release.ts';

/** Releases as `git fast-import` reads them, a commit each, on `parent` (any name of a commit) or on nothing. */
export function* fastImportStream(
  releases: Iterable<BenchRelease>,
  parent: string | undefined,
): Generator<string> {
  let from = parent === undefined ? '' : `from ${parent}\n`;
  for (const { directory, files, message, time } of releases) {
    yield `commit refs/heads/${BRANCH}\ncommitter ${BOT.name} <${BOT.email}> ${time} +0000\n${data(message)}${from}`;
    yield `D ${directory}\n`;
    for (const [name, bytes] of files) {
      yield `M 100644 inline ${directory}/${name}\n${data(Buffer.from(bytes).toString('utf8'))}`;
    }
    from = '';
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
