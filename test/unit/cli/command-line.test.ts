import { describe, expect, it } from 'vitest';
import { COMMAND_GROUPS } from '../../../cli/command-list.ts';
import { gimlet } from '../../support/cli.ts';
import { COMMAND_NAMES } from '../../support/command-names.ts';

const COMMANDS = COMMAND_NAMES.map((name) => ({ words: name.split(' '), name }));

describe('the command line', () => {
  it('tells its version and its commands', async () => {
    expect((await gimlet(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = await gimlet(['--help']);
    expect(code).toBe(0);
    for (const { name } of COMMAND_GROUPS) expect(stdout).toContain(name);
  });

  it.each(COMMANDS)('$name explains itself with examples, asked either way', async ({ words }) => {
    const asked = await gimlet([...words, '--help']);
    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain('Examples:\n  $ gimlet ');
    expect((await gimlet(['help', ...words])).stdout).toBe(asked.stdout);
  });

  it.each(COMMANDS)('$name can answer in JSON', async ({ words }) => {
    expect((await gimlet([...words, '--help'])).stdout).toMatch(/-o, --output <format> +json|--json/);
  });

  it.each([
    [['artifact', 'psuh'], 'Did you mean push?'],
    [['artifcat'], 'Did you mean artifact?'],
    [['artifact', 'push', '--fiel', 'x'], 'Did you mean --file?'],
    [
      ['release', 'mak'],
      "'mak' is too much (the commands of 'release' are make, list, show, status, diff, rollback, delete, cancel, waiting, approve, reject, track)",
    ],
    [['artifact', 'push'], "required option '-f, --file <file>' not specified"],
    [['artifact', 'show', 'one', 'two'], "'two' is too much"],
    [['artifact', 'show'], "missing required argument 'id'"],
    [['artifact', 'list', '--event', 'psh'], 'push, tag, pr'],
    [['artifact', 'list', '--limit', 'many'], 'Write a number'],
    [['artifact', 'list', '--since', 'yesterday'], '24h'],
    [['artifact', 'push', '-f', 'x', '--timeout', '10'], '1h30m'],
    [['release', 'list'], '--env'],
    [['release', '--env', 'staging'], 'Which artifact?'],
    [['release', 'rollback', '-e', 'staging', '--app', 'x'], "'--to <id>' not specified"],
    [['promote', '--from', 'staging', '--to', 'production'], '--app'],
    [['promte'], 'Did you mean promote?'],
    [['release', '-a', 'x', '--artifact-id', 'y', '-e', 'staging'], 'one of them'],
    [['artifact', 'show', 'x', '-o', 'yaml'], 'json'],
    [[], 'Usage'],
  ])('%j is wrong usage, and says what would be right', async (args, reason) => {
    const { code, stdout, stderr } = await gimlet(args);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
    expect(stdout).toBe('');
  });

  it('needs to be told a server', async () => {
    const { code, stderr } = await gimlet(['artifact', 'list']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/GIMLET_SERVER or --server.*npm start/);
  });

  it.each(['localhost:8085', 'ftp://host', 'https://user:password@host', 'https://host/?token=x'])(
    'does not take %s for a server',
    async (server) => {
      const { code } = await gimlet(['artifact', 'list', '--server', server]);
      expect(code).toBe(2);
    },
  );

  it('answers errors as JSON too where JSON was asked for', async () => {
    const { code, stdout, stderr } = await gimlet(['artifact', 'list', '-o', 'json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'no-server', message: 'No server is set.' });
    expect(stderr).toContain('No server is set.');
  });

  it.each([
    [['artifact', 'show', '-o', 'json'], "missing required argument 'id'"],
    [['artifact', 'push', '--output=json', '--fiel', 'x'], 'Did you mean --file?'],
    [['manifest', 'lint', '--json'], "'-f, --file <file>' not specified"],
    [['release', 'mak', '-e', 'x', '-ojson'], "'mak' is too much"],
  ])('answers wrong usage as JSON too: %j', async (args, reason) => {
    const { code, stdout, stderr } = await gimlet(args);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({ code: 'wrong-usage', message: expect.stringContaining(reason) });
  });
});
