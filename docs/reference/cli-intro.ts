import { EXIT } from '../../cli/exit-code.ts';
import { code, table } from './markdown.ts';

const EXIT_CODES: Readonly<Record<keyof typeof EXIT, string>> = {
  done: 'it was done',
  failed: 'it failed: the message says why, and often what would help',
  wrongUsage: 'the command line is not right; nothing was tried',
  timedOut: 'the time of `--timeout` is up; what was asked for goes on',
};

/** What the CLI reads of its environment, besides what a CI system says of its job. */
export const VARIABLES: Readonly<Record<string, string>> = {
  GIMLET_SERVER: 'URL of the server, as `--server`',
  GIMLET_TOKEN: 'token to call it with, as `--token`; here it stays out of process lists and logs',
  GIMLET_ID_TOKEN:
    'the identity that GitLab signed for the job, where no token is set: [CI without a secret](keyless.md)',
  GIMLET_AUDIENCE: 'whom that identity is for, where it is not the URL of the server',
  GIMLET_CORRELATION_ID: 'goes with every call and into the commit; in CI it is made of the job',
  NO_COLOR: 'no colours, whatever else is set',
  FORCE_COLOR: 'colours although nobody looks; `0` does not count',
  TERM: '`dumb`: no colours',
  PATH: 'where git, helm, kubectl and cue are looked for; `HELM_PATH`, `KUBECTL_PATH` and `CUE_PATH` say where exactly',
};

export const CLI_INTRO = `\`npm run build\` makes it: one file, \`dist/gimlet.mjs\`, that needs Node 24 and nothing else. In the project
\`npm run -s gimlet -- …\` runs it from source. [Try it](../README.md#try-it) has a server to talk to.

## What all commands have in common

${table(
  ['flag', ''],
  [
    ['`--server <url>`', 'the server; or the variable `GIMLET_SERVER`'],
    ['`--token <token>`', 'who calls; or the variable `GIMLET_TOKEN`'],
    [
      '`-o json`',
      'one JSON document on stdout, prose on stderr. Where `-o` is a file to write, it is `--json`',
    ],
    ['`-h`, `--help`', 'what a command takes, with examples; `gimlet help artifact push` does the same'],
    ['`-V`, `--version`', 'of this program, and of the server if one is set'],
  ],
)}

On a terminal tables are aligned, and there are colours. Elsewhere a row is a line, its cells are separated by tabs, and there is no
head, as \`cut\` and \`sort\` like it. Text of strangers, such as commit messages, cannot move the cursor.

An error says what is wrong and what to do about it. With \`-o json\` it is on stdout too: \`{"error": {"code", "message",
"details", "hint"}}\`; the code is constant, the rest is for people. What the server refuses has [its code](api.md#errors). A call that
meets a server in trouble (429, 502, 503, 504, a cut connection) is made again, four times at most: no call does anything twice, but that of
\`admin token create\`, which makes another token.

${table(
  ['exit code', ''],
  Object.entries(EXIT_CODES).map(([name, text]) => [String(EXIT[name as keyof typeof EXIT]), text]),
)}

${table(
  ['variable', ''],
  Object.entries(VARIABLES).map(([name, text]) => [code(name), text]),
)}

In a GitHub, GitLab, Jenkins, CircleCI or Woodpecker job, \`gimlet artifact create\` reads what was built from the variables of
that system.

## Completion

\`\`\`sh
source <(gimlet completion bash)          # in ~/.bashrc
source <(gimlet completion zsh)           # in ~/.zshrc, after compinit
gimlet completion fish > ~/.config/fish/completions/gimlet.fish
\`\`\`

The scripts are made of the commands themselves. Tests type into bash; of zsh and fish they check that everything is in the
scripts, and where these shells are installed that they can read them.`;
