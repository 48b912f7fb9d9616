import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { gimlet } from '../../support/cli.ts';
import { folderForTest } from '../../support/test-folder.ts';

const ARTIFACT = {
  id: 'my-app-1',
  version: { repositoryName: 'my-app', sha: 'abc123', branch: 'main' },
  vars: { OLD: '1' },
  ourOwn: { kept: true },
};

let folder: string;
let file: string;
beforeEach(async () => {
  folder = folderForTest();
  file = join(folder, 'artifact.json');
  await writeFile(file, JSON.stringify(ARTIFACT));
});

const add = (...args: string[]) => gimlet(['artifact', 'add', '-f', file, ...args]);
const read = async () => JSON.parse(await readFile(file, 'utf8'));

async function environmentFile(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('gimlet artifact add', () => {
  it('makes one item of the fields of one call, each split at its first =', async () => {
    expect((await add('--field', 'name=image', '--field', 'url=https://x/?a=b')).code).toBe(0);
    await add('--field', 'name=tests');
    expect((await read()).items).toEqual([{ name: 'image', url: 'https://x/?a=b' }, { name: 'tests' }]);
  });

  it('adds variables to the context, where the proposal’s vars go too', async () => {
    await add('--var', 'A=1', '--var', 'EMPTY=');
    expect(await read()).toMatchObject({ context: { OLD: '1', A: '1', EMPTY: '' } });
    expect(await read()).not.toHaveProperty('vars');
  });

  it('adds every environment of every file, and keeps what it does not know', async () => {
    const one = await environmentFile('one.yaml', 'app: a\nenv: staging\n---\napp: b\nenv: staging\n');
    const two = await environmentFile('two.yaml', 'app: a\nenv: production\n');
    const { code, stdout } = await add('--envFile', one, '--envFile', two);
    expect(code).toBe(0);
    expect(stdout).toContain('3 environments');
    const artifact = await read();
    expect(artifact.environments.map((environment: { app: string }) => environment.app)).toEqual([
      'a',
      'b',
      'a',
    ]);
    expect(artifact.ourOwn).toEqual({ kept: true });
  });

  it('with -o json prints the artifact, and the prose on stderr', async () => {
    const { stdout, stderr } = await add('--var', 'A=1', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual(await read());
    expect(stderr).toContain('1 variable');
  });

  it('leaves the file as it was, and nothing beside it, when anything is wrong', async () => {
    const bad = await environmentFile('bad.yaml', 'app: a\ndeploy: {branch: !main}\n');
    const { code, stderr } = await add('--envFile', bad, '--var', 'A=1');
    expect(code).toBe(1);
    expect(stderr).toContain('quote it, "!main"');
    expect(await read()).toEqual(ARTIFACT);
    expect((await readdir(folder)).sort()).toEqual(['artifact.json', 'bad.yaml']);
  });

  it('refuses what would be no artifact any more', async () => {
    const { code, stderr } = await add('--var', '__proto__=1');
    expect(code).toBe(1);
    expect(stderr).toContain('__proto__');
    expect(await read()).toEqual(ARTIFACT);
  });

  it('writes through a link and keeps the file’s mode', async () => {
    await chmod(file, 0o600);
    const link = join(folder, 'link.json');
    await symlink(file, link);
    await gimlet(['artifact', 'add', '-f', link, '--var', 'A=1']);
    expect(await read()).toMatchObject({ context: { A: '1' } });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.each([
    [[], 'nothing to add'],
    [['--field', 'novalue'], 'name=value'],
    [['--var', '=x'], 'name=value'],
  ])('with %j is wrong usage', async (args, reason) => {
    const { code, stderr } = await add(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(reason);
  });

  it('says how to make a file that is not there', async () => {
    const { code, stderr } = await gimlet(['artifact', 'add', '-f', join(folder, 'no.json'), '--var', 'A=1']);
    expect(code).toBe(1);
    expect(stderr).toContain('gimlet artifact create -o FILE');
  });

  it.each([
    ['{"version": {', 'not JSON'],
    ['[]', 'object'],
    ['{"version": {"sha": "abc"}}', 'version.repositoryName'],
  ])('names what is wrong with the file %s', async (text, reason) => {
    await writeFile(file, text);
    const { code, stderr } = await add('--var', 'A=1');
    expect(code).toBe(1);
    expect(stderr).toContain(reason);
  });
});
