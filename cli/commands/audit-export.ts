import { InvalidArgumentError, Option } from 'commander';
import type { Block } from '../../shared/contract/audit.ts';
import { readChain } from '../audit/read-chain.ts';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';

interface ExportFlags extends JsonFlag {
  readonly after: number;
}

export const auditExport: DefineCommand = (command, run) => {
  command
    .addOption(afterOption())
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action(({ after, output: format }: ExportFlags) =>
      run({ json: format === 'json' }, async ({ api, output, world }) => {
        const all: Exported[] = [];
        // A line is written as it comes: the trail may be longer than the memory.
        const take = (block: Block) => {
          if (format === 'json') all.push(...exported(block));
          else for (const entry of exported(block)) world.stdout.write(`${JSON.stringify(entry)}\n`);
        };
        await readChain(await api(), after, take);
        if (format === 'json') output.json(all);
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
byte; its SHA-256 is the hash. With -o json the same entries are one array.
${examples('gimlet audit export > audit.ndjson', 'gimlet audit export --after 1042 >> audit.ndjson')}`;

interface Exported {
  readonly block: number;
  readonly index: number;
  readonly hash: string | undefined;
  readonly text: string;
}

function exported({ block, entries, hashes }: Block): Exported[] {
  return entries.map((text, index) => ({ block, index, hash: hashes[index], text }));
}
