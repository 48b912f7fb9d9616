import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inProcessMemory } from '../../../shared/adapters/git/in-process-memory.ts';
import { encodeLine } from '../../../shared/adapters/git/pkt-line.ts';
import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { ServerMemory } from '../../../shared/gitops/server-memory.ts';
import { edit, files, write } from '../../support/git-edits.ts';
import { TestGitServer, type TestRepo } from '../../support/git-server.ts';
import { commitForeign, filesOf, fsckStrict, git } from '../../support/native-git.ts';

/** Servers by what they refuse, and how the engine reads from them once it knows. */
const SERVERS = [
  { refuses: 'nothing', config: {}, version2: true, strategy: 'tree-depth' },
  {
    refuses: 'trees by depth',
    config: { 'uploadpackfilter.tree.maxDepth': '0' },
    version2: true,
    strategy: 'tree-level',
  },
  {
    refuses: 'to filter trees',
    config: { 'uploadpackfilter.tree.allow': 'false' },
    version2: true,
    strategy: 'no-blobs',
  },
  {
    refuses: 'any filter',
    config: { 'uploadpack.allowFilter': 'false' },
    version2: true,
    strategy: 'everything',
  },
  { refuses: 'version 2', config: {}, version2: false, strategy: 'tree-depth' },
  {
    refuses: 'version 2 and trees by depth',
    config: { 'uploadpackfilter.tree.maxDepth': '0' },
    version2: false,
    strategy: 'tree-level',
  },
  {
    refuses: 'version 2 and any filter',
    config: { 'uploadpack.allowFilter': 'false', 'uploadpack.allowAnySHA1InWant': 'false' },
    version2: false,
    strategy: 'everything',
  },
] as const;

describe.each(SERVERS)('a server that refuses $refuses', ({ config, version2, strategy }) => {
  let server: TestGitServer;
  let repo: TestRepo;
  let memory: ServerMemory;
  const open = () =>
    smartHttpGitEngine({ credentials: NO_CREDENTIALS, memory }).open({ url: repo.url, branch: repo.branch });

  beforeAll(async () => {
    server = await TestGitServer.start();
    server.speaksVersion2 = version2;
  });
  beforeEach(async () => {
    memory = inProcessMemory();
    repo = await server.createRepo({ config });
    commitForeign(repo.path, repo.branch, {
      'staging/app/a': '0',
      'staging/other/x': 'x',
      'prod/app/a': '0',
      'README.md': 'r',
    });
    server.clearRequests();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('is read in the way that it allows, and the way is remembered for the next process', async () => {
    const edits = [edit('staging/app', files({ a: '1' })), edit('prod/new', files({ a: '1' }))];
    await write(await open(), ...edits);
    expect(filesOf(repo.path, 'main')).toMatchObject({
      'staging/app/a': '1',
      'prod/new/a': '1',
      'staging/other/x': 'x',
    });
    const { host } = new URL(repo.url);
    expect((await memory.recall(host))?.readStrategy ?? 'tree-depth').toBe(strategy);

    server.clearRequests();
    await write(await open(), edit('staging/app', files({ a: '2' })));
    const refused = await (await open()).commitsSince(null, 10);
    expect(refused.commits).toHaveLength(4);
    fsckStrict(repo.path);
  });

  it('needs at most 7 requests from nothing known to the push', async () => {
    await (await open()).plan([edit('staging/app', files({ a: '1' })), edit('prod/app', files({ a: '1' }))]);
    expect(server.requests.length).toBeLessThanOrEqual(7);
  });

  it('tells a warm engine what somebody else did, deep directories included', async () => {
    const branch = await open();
    await write(
      branch,
      edit('staging/app', files({ a: '1' })),
      edit('clusters/eu/prod/app', files({ a: '1' })),
    );
    commitForeign(repo.path, repo.branch, {
      'staging/app/b': 'theirs',
      'clusters/eu/prod/other/x': 'theirs',
      'prod/app/a': null,
    });
    await branch.tip({ fresh: true });
    const plan = await write(
      branch,
      edit('staging/app', files({ a: '2' })),
      edit('clusters/eu/prod/app', files({ a: '2' })),
      edit('prod/app', files({ a: '2' })),
    );
    expect(plan.edits.map(({ outcome }) => outcome)).toEqual(['commit', 'commit', 'commit']);
    expect(filesOf(repo.path, 'main')).toEqual({
      'README.md': 'r',
      'clusters/eu/prod/app/a': '2',
      'clusters/eu/prod/other/x': 'theirs',
      'prod/app/a': '2',
      'staging/app/a': '2',
      'staging/other/x': 'x',
    });
    expect(git(repo.path, ['rev-list', '--count', 'main'])).toBe('7');
    fsckStrict(repo.path);
  });
});

it('reads all trees of the branch from a server that gives no tree by its id', async () => {
  await using server = await TestGitServer.start();
  server.speaksVersion2 = false;
  const repo = await server.createRepo({ config: { 'uploadpackfilter.tree.maxDepth': '0' } });
  commitForeign(repo.path, repo.branch, { 'staging/app/a': '0', 'staging/other/x': 'x' });
  const memory = inProcessMemory();
  const branch = await smartHttpGitEngine({ credentials: NO_CREDENTIALS, memory }).open(repo);
  const notOurs = encodeLine('ERR upload-pack: not our ref');
  server.failNext(/^\/git-upload-pack/, { kind: 'none' }); // By depth: git itself refuses it.
  server.failNext(/^\/git-upload-pack/, { kind: 'none' }); // The commit alone.
  server.failNext(/^\/git-upload-pack/, { kind: 'answer', status: 200, body: notOurs.toString() });
  await write(branch, edit('staging/app', files({ a: '1' })));
  expect(filesOf(repo.path, 'main')).toEqual({ 'staging/app/a': '1', 'staging/other/x': 'x' });
  expect(await memory.recall(new URL(repo.url).host)).toMatchObject({ readStrategy: 'no-blobs' });
});
