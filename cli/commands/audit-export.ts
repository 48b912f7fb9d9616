import { InvalidArgumentError, Option } from 'commander';
import type { Block } from '../../shared/contract/audit.ts';
import { readChain } from '../audit/read-chain.ts';
import { type DefineCommand, examples } from '../command.ts';

interface ExportFlags {
  readonly after: number;
}

export const auditExport: DefineCommand = (command, run) => {
  command
    .addOption(afterOption())
    .addHelpText('after', HELP)
    .action(({ after }: ExportFlags) =>
      run({ json: false }, async ({ api, world }) => {
        const print = (block: Block) => {
          for (const line of linesOf(block)) world.stdout.write(`${line}\n`);
        };
        await readChain(await api(), after, print);
      }),
    );
};

function afterOption(): Option {
  return new Option('--after <block>', 'only what was sealed after this block: the last of the export before')
    .argParser((text) => {
      if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('Write the number of a block.');
      return Number(text);
    })
    .default(0);
}

const HELP = `
NDJSON, the oldest entry first: {block, index, hash, text} a line. The text is the entry as it was sealed, byte for
byte; its SHA-256 is the hash.
${examples('gimlet audit export > audit.ndjson', 'gimlet audit export --after 1042 >> audit.ndjson')}`;

function linesOf({ block, entries, hashes }: Block): string[] {
  return entries.map((text, index) => JSON.stringify({ block, index, hash: hashes[index], text }));
}
