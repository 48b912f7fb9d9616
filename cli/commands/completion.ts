import { Argument } from 'commander';
import { type DefineCommand, examples, type JsonFlag, jsonOption } from '../command.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type Place, placesOf } from '../completion/places.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { shapeOf } from '../tree/command-shape.ts';
import { loadTree } from '../tree/load-command.ts';

type Shell = 'bash' | 'zsh' | 'fish';

const SCRIPT_FOR: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export const completion: DefineCommand = (command, run) => {
  command
    .addArgument(new Argument('<shell>', 'shell to make it for').choices(Object.keys(SCRIPT_FOR)))
    .addOption(jsonOption())
    .addHelpText('after', HELP)
    .action((shell: Shell, flags: JsonFlag) =>
      run({ json: flags.output === 'json' }, async ({ output, world }) => {
        const root = command.parent ?? command;
        await loadTree(root);
        const script = SCRIPT_FOR[shell](placesOf(shapeOf(root)));
        output.answer({ shell, script }, () => world.stdout.write(script));
      }),
    );
};

const HELP = `
Prints a script that completes commands, flags, the choices that they have, and files. It asks no server. It knows the
commands of the gimlet that printed it: where it is kept in a file, print it again after an update.

In ~/.bashrc:                    source <(gimlet completion bash)
… of macOS, whose bash is 3.2:   eval "$(gimlet completion bash)"
In ~/.zshrc, after compinit:     source <(gimlet completion zsh)
${examples(
  'gimlet completion bash > ~/.local/share/bash-completion/completions/gimlet',
  'gimlet completion zsh > "$fpath[1]/_gimlet"',
  'gimlet completion fish > ~/.config/fish/completions/gimlet.fish',
)}`;
