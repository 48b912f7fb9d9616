import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inProcessMemory } from '../../../shared/adapters/git/in-process-memory.ts';
import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { GitRefusedError } from '../../../shared/errors/errors.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { Edit, GitBranch } from '../../../shared/gitops/git-engine.ts';
import type { ServerMemory } from '../../../shared/gitops/server-memory.ts';
import { edit, files, write } from '../../support/git-edits.ts';
import { TestGitServer, type TestRepo } from '../../support/git-server.ts';
import { commitForeign, filesOf, fsckStrict, git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** As a repo with SHA-256 names it. */
const EMPTY_TREE = '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321';

const appName = (n: number) => `app-${String(n).padStart(4, '0')}`;

describe('writing over smart HTTP', () => {
  let server: TestGitServer;
  let repo: TestRepo;
  const open = (options: { memory?: ServerMemory; now?: () => number } = {}) =>
    smartHttpGitEngine({ credentials: NO_CREDENTIALS, ...options }).open({
      url: repo.url,
      branch: repo.branch,
    });
  const paths = () => server.requests.map(({ method, path }) => `${method} ${path}`);
  const fill = (apps: number) =>
    commitForeign(
      repo.path,
      repo.branch,
      Object.fromEntries(Array.from({ length: apps }, (_, n) => [`staging/${appName(n)}/a`, `${n}`])),
    );

  beforeAll(async () => {
    server = await TestGitServer.start();
  });
  beforeEach(async () => {
    // Keeps packs as they came, with the bases of thin ones added, so that git can be asked about them.
    repo = await server.createRepo({
      config: { 'receive.unpackLimit': '1', 'transfer.fsckObjects': 'true' },
    });
    server.clearRequests();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('takes exactly one request for a warm batch', async () => {
    const branch = await open();
    await write(branch, edit('staging/a', files({ f: '1' })), edit('prod/a', files({ f: '1' })));
    server.clearRequests();
    await write(
      branch,
      ...[1, 2, 3].map((n) => edit(`staging/app-${n}`, files({ f: '1' }))),
      edit('prod/a', files({ f: '2' })),
    );
    expect(paths()).toEqual(['POST /git-receive-pack']);
    await write(branch, edit('prod/a', { kind: 'absent' }));
    expect(paths()).toEqual(['POST /git-receive-pack', 'POST /git-receive-pack']);
  });

  it('takes three requests to read a repo for the first time, and one more to see whether it may write', async () => {
    fill(3);
    await (await open()).plan([edit('staging/app-0001', files({ f: '1' }))]);
    expect(paths().toSorted()).toEqual([
      'GET /info/refs?service=git-receive-pack',
      'GET /info/refs?service=git-upload-pack',
      'POST /git-upload-pack',
      'POST /git-upload-pack',
    ]);
  });

  it('takes two requests to read when a process before it has met the server', async () => {
    fill(3);
    const memory = inProcessMemory();
    await (await open({ memory })).plan([edit('staging/app-0001', files({ f: '1' }))]);
    server.clearRequests();
    await (await open({ memory })).plan([edit('staging/app-0001', files({ f: '1' }))]);
    expect(paths()).toEqual(['POST /git-upload-pack', 'POST /git-upload-pack']);
  });

  it('finds out when what it remembers of a server holds no more', async () => {
    fill(1);
    const memory = inProcessMemory();
    await memory.remember(new URL(repo.url).host, {
      protocol: 2,
      fetchFeatures: ['filter'],
      pushCapabilities: ['report-status'],
    });
    const old = await TestGitServer.start();
    old.speaksVersion2 = false;
    await memory.remember(`127.0.0.1:${old.port}`, { protocol: 2, fetchFeatures: ['filter'] });
    const elsewhere = await old.createRepo();
    const tip = commitForeign(elsewhere.path, 'main', { x: 'x' });
    const branch = await smartHttpGitEngine({ credentials: NO_CREDENTIALS, memory }).open({
      url: elsewhere.url,
      branch: 'main',
    });
    expect(await branch.tip({ fresh: true })).toBe(tip);
    expect(await memory.recall(`127.0.0.1:${old.port}`)).toMatchObject({ protocol: 0 });
    await write(await open({ memory }), edit('staging/app', files({ a: '1' })));
    await old[Symbol.asyncDispose]();
  });

  it('sends a few KB for one release among hundreds, and reads no app', async () => {
    fill(400);
    const branch = await open();
    await write(branch, edit(`staging/${appName(7)}`, files({ a: 'new' })));
    const bytes = (path: RegExp) =>
      server.requests.filter((one) => path.test(one.path)).map((one) => one.requestBytes);
    expect(Math.max(...bytes(/^\/git-receive-pack/))).toBeLessThan(2000);
    const read = server.requests
      .filter(({ path }) => path === '/git-upload-pack')
      .map(({ answerBytes }) => answerBytes);
    // One entry of the environment's tree is 36 bytes, of which 20 are the id, which does not compress.
    expect(Math.max(...read)).toBeLessThan(400 * 30 + 1000);
  });

  it('reads only what changed when somebody else has pushed', async () => {
    fill(400);
    const branch = await open();
    await write(branch, edit(`staging/${appName(7)}`, files({ a: 'new' })));
    commitForeign(repo.path, 'main', {
      [`staging/${appName(8)}/a`]: 'theirs',
      [`staging/${appName(300)}/b`]: 'theirs',
    });
    server.clearRequests();
    await branch.tip({ fresh: true });
    await write(branch, edit(`staging/${appName(9)}`, files({ a: 'new' })));
    expect(paths()).toEqual(['POST /git-upload-pack', 'POST /git-upload-pack', 'POST /git-receive-pack']);
    for (const { answerBytes } of server.requests) expect(answerBytes).toBeLessThan(1500);
    fsckStrict(repo.path);
  });

  it('sends chains of deltas of at most 50, all of which git accepts', async () => {
    fill(300);
    const branch = await open();
    const edits = Array.from({ length: 130 }, (_, n) =>
      edit(`staging/${appName(n * 2)}`, files({ a: `changed ${n}` })),
    );
    const plan = await write(branch, ...edits);
    expect(plan.edits.every(({ outcome }) => outcome === 'commit')).toBe(true);
    const pack = readdirSync(join(repo.path, 'objects/pack')).find((name) => name.endsWith('.idx'));
    const chains = git(repo.path, ['verify-pack', '-v', join('objects/pack', pack ?? 'none')]).matchAll(
      /chain length = (\d+)/g,
    );
    const lengths = [...chains].map(([, length]) => Number(length));
    expect(Math.max(...lengths)).toBe(50);
    fsckStrict(repo.path);
    expect(server.requests.find(({ path }) => path === '/git-receive-pack')?.requestBytes).toBeLessThan(
      130 * 700,
    );
  });

  it('sends a pack that rests on nothing outside to a server that takes no thin ones', async () => {
    fill(100);
    server.keepsBodies = true;
    const pushed = async (capabilities: readonly string[]) => {
      const memory = inProcessMemory();
      await memory.remember(new URL(repo.url).host, { pushCapabilities: ['report-status', ...capabilities] });
      server.clearRequests();
      const directory = `staging/${appName(capabilities.length)}`;
      await write(
        await open({ memory }),
        edit(directory, files({ a: 'x' })),
        edit(directory, files({ a: 'y' })),
      );
      const body = Buffer.concat(
        server.requests.find(({ path }) => path === '/git-receive-pack')?.body ?? [],
      );
      return body.subarray(body.indexOf('PACK'));
    };
    const index = (pack: Buffer) => {
      using folder = temporaryFolder();
      git(folder.path, ['init', '--quiet', '--bare']);
      return git(folder.path, ['index-pack', '--stdin'], { input: pack });
    };
    expect(index(await pushed(['no-thin']))).toMatch(/^pack/);
    expect(index(await pushed(['no-thin', 'ofs-delta']))).toMatch(/^pack/);
    const thin = await pushed(['ofs-delta', 'side-band-64k', 'quiet']);
    expect(() => index(thin)).toThrow(/unresolved delta/);
    server.keepsBodies = false;
  });

  it('takes an edit and its undoing in one batch', async () => {
    fill(60);
    const branch = await open();
    const before = git(repo.path, ['rev-parse', 'main^{tree}']);
    const back = files({ a: '7' });
    await write(
      branch,
      edit('staging/app-0007', files({ a: 'x' })),
      edit('staging/app-0007', back),
      edit('staging/app-0007', files({ a: 'x' })),
      edit('staging/app-0008', files({ a: 'y' })),
    );
    expect(git(repo.path, ['rev-parse', 'main~2^{tree}'])).toBe(before);
    expect(filesOf(repo.path, 'main')).toMatchObject({
      'staging/app-0007/a': 'x',
      'staging/app-0008/a': 'y',
    });
    fsckStrict(repo.path);
  });

  it('takes a directory inside one that the same batch has written or brought back', async () => {
    commitForeign(repo.path, 'main', { 'staging/app/a': '1', 'staging/app/sub/b': '1' });
    const tree = git(repo.path, ['rev-parse', 'main:staging']);
    const branch = await open();
    await write(
      branch,
      edit('prod', files({ 'app/a': '1', 'other/a': '1' })),
      edit('prod/app', files({ a: '2' })),
      edit('copy', { kind: 'tree', tree }),
      edit('copy/app', files({ a: '3' })),
      edit('copy/new', files({ a: '4' })),
    );
    expect(filesOf(repo.path, 'main')).toEqual({
      'staging/app/a': '1',
      'staging/app/sub/b': '1',
      'prod/app/a': '2',
      'prod/other/a': '1',
      'copy/app/a': '3',
      'copy/new/a': '4',
    });
    fsckStrict(repo.path);
  });

  it('loses nothing and writes nothing twice when twenty writers push to one branch at once', async () => {
    fill(5);
    const retry = async (branch: GitBranch, ...edits: readonly Edit[]): Promise<void> => {
      for (let attempt = 0; attempt < 200; attempt += 1) {
        const { outcome } = await branch.push(await branch.plan(edits));
        if (outcome === 'pushed') return;
        expect(outcome).toBe('moved');
        await sleep(Math.random() * 50 * Math.min(attempt + 1, 10));
        await branch.tip({ fresh: true });
      }
      throw new Error('starved');
    };
    const writers = Array.from({ length: 20 }, async (_, n) => {
      const branch = await open();
      const content = files({ f: `${n}` });
      await retry(branch, edit(`staging/new-${n}`, content), edit('prod/shared', content));
    });
    await Promise.all(writers);
    expect(git(repo.path, ['rev-list', '--count', 'main'])).toBe('41');
    expect(git(repo.path, ['rev-list', '--merges', '--count', 'main'])).toBe('0');
    const written = filesOf(repo.path, 'main');
    for (let n = 0; n < 20; n += 1) expect(written[`staging/new-${n}/f`]).toBe(`${n}`);
    fsckStrict(repo.path);
  }, 60_000);

  it('pushes on a new connection when the old one was idle for over ten seconds', async () => {
    let now = 0;
    const branch = await open({ now: () => now });
    await write(branch, edit('staging/a', files({ f: '1' })));
    const connections = () => new Set(server.requests.map(({ port }) => port)).size;
    server.clearRequests();
    now += 10_000;
    await write(branch, edit('staging/a', files({ f: '2' })));
    now += 9_000;
    await write(branch, edit('staging/a', files({ f: '3' })));
    expect(connections()).toBe(1);
    now += 10_001;
    await write(branch, edit('staging/a', files({ f: '4' })));
    expect(connections()).toBe(2);
  });

  it('keeps what git writes no more: names that are not UTF-8, old modes, leading zeros', async () => {
    repo = await server.createRepo();
    const blob = git(repo.path, ['hash-object', '-w', '--stdin'], { input: 'x' });
    const entry = (mode: string, name: string) => [
      Buffer.from(`${mode} ${name}\0`, 'latin1'),
      Buffer.from(blob, 'hex'),
    ];
    const inner = Buffer.concat([...entry('100664', 'caf\u00e9'), ...entry('100755', 'run')]);
    const staging = git(repo.path, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], {
      input: inner,
    });
    const outer = Buffer.concat([Buffer.from('040000 staging\0'), Buffer.from(staging, 'hex')]);
    const root = git(repo.path, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], {
      input: outer,
    });
    git(repo.path, ['update-ref', 'refs/heads/main', git(repo.path, ['commit-tree', '-m', 'old', root])]);
    const before = git(repo.path, ['ls-tree', '-r', 'main']);
    await write(await open(), edit('staging/app', files({ a: '1' })));
    const after = git(repo.path, ['ls-tree', '-r', 'main']).split('\n');
    expect(after.filter((line) => !line.endsWith('staging/app/a')).join('\n')).toBe(before);
    expect(after).toHaveLength(3);
  });

  it('refuses a SHA-256 repo with the reason', async () => {
    const memory = inProcessMemory();
    await (await open({ memory })).tip({ fresh: true });
    repo = await server.createRepo({ objectFormat: 'sha256' });
    for (const commits of [0, 1]) {
      if (commits === 1)
        git(repo.path, [
          'update-ref',
          'refs/heads/main',
          git(repo.path, ['commit-tree', '-m', 'x', EMPTY_TREE]),
        ]);
      for (const branch of [await open(), await open({ memory })]) {
        const error = await branch
          .plan([edit('staging/a', files({ f: '1' }))])
          .catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(GitRefusedError);
        expect(String(error)).toMatch(/only SHA-1/);
      }
    }
  });
});
