import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { placesOf } from '../../../cli/completion/places.ts';
import { makeProgram } from '../../../cli/program.ts';
import { shapeOf } from '../../../cli/tree/command-shape.ts';
import { loadTree } from '../../../cli/tree/load-command.ts';
import { processWorld } from '../../../cli/world.ts';
import { findOnPath } from '../../../local/toolchain/find-on-path.ts';
import { gimlet } from '../../support/cli.ts';
import { folderForTests } from '../../support/test-folder.ts';

const run = promisify(execFile);
const folder = folderForTests();

beforeAll(async () => {
  await writeFile(join(folder, 'artifact one.json'), '');
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await gimlet(['completion', shell]);
    expect(code).toBe(0);
    await writeFile(join(folder, `gimlet.${shell}`), stdout);
  }
});

/** As bash splits the line: `=` is a word of its own. The last word is the one that is typed. */
const LINES: readonly (readonly [line: readonly string[], offered: readonly string[]])[] = [
  [['art'], ['artifact']],
  [['he'], ['help']],
  [
    ['artifact', ''],
    ['create', 'add', 'push', 'list', 'show', 'track'],
  ],
  [['artifact', 'push', '--wa'], ['--wait']],
  [['artifact', 'push', '--se'], ['--server']],
  [['artifact', 'push', '-o', ''], ['json']],
  [['artifact', 'push', '--output', '=', ''], ['json']],
  [['artifact', 'push', '--output', '='], ['json']],
  [['artifact', 'push', '-f', 'art'], ['artifact one.json']],
  [['artifact', 'push', '--timeout', ''], []],
  [
    ['--server', 'policy', 'artifact', 'list', '--event', ''],
    ['push', 'tag', 'pr'],
  ],
  [['manifest', 'lint', '--allow', 'p'], ['plain-secrets']],
  [
    ['release', '--artifact'],
    ['--artifact', '--artifact-id'],
  ],
  [['release', 'show', ''], []],
  [['policy', 'test', 'a'], ['artifact one.json']],
  [
    ['admin', 'token', 'r'],
    ['rotate', 'revoke'],
  ],
  [
    ['admin', 'kill-switch', ''],
    ['on', 'off', 'status'],
  ],
  [['admin', 'kill-switch', 'on', '--rea'], ['--reason']],
  [
    ['help', 'admin', 'settings', ''],
    ['show', 'apply', 'history'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
];

describe('the completion of commands', () => {
  it('offers in bash what can be typed', async () => {
    const tries = LINES.map(([line]) => `try ${['gimlet', ...line].map((word) => `'${word}'`).join(' ')}`);
    const script = `source ./gimlet.bash
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gimlet; (IFS=,; echo "\${COMPREPLY[*]}"); }
      ${tries.join('\n')}`;
    const { stdout, stderr } = await run('bash', ['--norc', '-u', '-c', script], { cwd: folder });
    expect(stderr).toBe('');
    const offered = stdout.trimEnd().split('\n');
    expect(offered).toHaveLength(LINES.length);
    for (const [index, [line, expected]] of LINES.entries())
      expect({ line, offered: offered[index] }).toEqual({ line, offered: expected.join() });
  });

  it('is a script that every shell can read that is installed', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const program = await findOnPath(shell);
      if (program !== undefined) await run(program, ['-n', join(folder, `gimlet.${shell}`)]);
    }
  });

  it.each(['bash', 'zsh', 'fish'])('knows in %s every command, flag and choice', async (shell) => {
    const { stdout } = await gimlet(['completion', shell]);
    const program = makeProgram(processWorld(), async () => {});
    await loadTree(program);
    const places = placesOf(shapeOf(program));
    expect(places.length).toBeGreaterThan(50);
    for (const { path, first, flags, values } of places) {
      expect(stdout).toContain(`'${path}'`);
      const words = [first, flags, ...values.map(({ candidates }) => candidates)];
      for (const { word } of words.flatMap((list) => (typeof list === 'string' ? [] : list)))
        expect(stdout).toContain(word);
    }
  });

  it('is refused for a shell that it does not know, with those that it does', async () => {
    const { code, stderr } = await gimlet(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});
