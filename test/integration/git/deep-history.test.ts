import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { smartHttpGitEngine } from '../../../shared/adapters/git/smart-http-engine.ts';
import { NO_CREDENTIALS } from '../../../shared/gitops/git-credentials.ts';
import type { Edit } from '../../../shared/gitops/git-engine.ts';
import { edit, files, write } from '../../support/git-edits.ts';
import { TestGitServer } from '../../support/git-server.ts';
import { filesOf, fsckStrict, git } from '../../support/native-git.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const APPS = 16;
const ENVIRONMENTS = ['staging', 'production'] as const;
/** Releases in each push, 5,000 together: the largest batch, small ones, and single ones between. */
const BATCHES = [1, 1_000, 1, 100, 10, 1_000, 888, 1_000, 1, 999] as const;
const COMMITS = BATCHES.reduce((sum, batch) => sum + batch, 0);

let server: TestGitServer;
beforeAll(async () => {
  server = await TestGitServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

/** Every 97th takes its app away, which the next release of it brings back. */
function release(n: number): Edit {
  const env = ENVIRONMENTS[Math.floor(n / APPS) % ENVIRONMENTS.length];
  const directory = `${env}/app-${n % APPS}`;
  if (n >= APPS * ENVIRONMENTS.length && n % 97 === 0) return edit(directory, { kind: 'absent' });
  return edit(directory, files({ 'deployment.yaml': `---\nreplicas: ${n}`, 'release.json': `{"n":${n}}` }));
}

it('of 5,000 commits that ours alone wrote is sound, small, and clones as it should be', {
  timeout: 120_000,
}, async () => {
  const repo = await server.createRepo({
    config: { 'receive.unpackLimit': '1', 'transfer.fsckObjects': 'true', 'gc.auto': '0' },
  });
  const engine = smartHttpGitEngine({ credentials: NO_CREDENTIALS });
  const branch = await engine.open({ url: repo.url, branch: repo.branch });
  const expected = new Map<string, Edit>();
  let written = 0;
  for (const size of BATCHES) {
    const batch = Array.from({ length: size }, (_, index) => release(written + index));
    await write(branch, ...batch);
    for (const one of batch) expected.set(one.directory, one);
    written += size;
  }

  expect(git(repo.path, ['rev-list', '--count', repo.branch])).toBe(String(COMMITS));
  fsckStrict(repo.path);
  expect(packsOf(repo.path)).toHaveLength(BATCHES.length);
  for (const pack of packsOf(repo.path)) {
    const chains = git(repo.path, ['verify-pack', '-v', pack]).matchAll(/chain length = (\d+)/g);
    expect(Math.max(0, ...[...chains].map(([, length]) => Number(length)))).toBeLessThanOrEqual(50);
  }

  using folder = temporaryFolder();
  git(folder.path, ['clone', '--quiet', '--bare', `file://${repo.path}`, 'clone']);
  expect(filesOf(join(folder.path, 'clone'), repo.branch)).toEqual(wantedFiles(expected));
});

function packsOf(bare: string): string[] {
  return readdirSync(join(bare, 'objects/pack'))
    .filter((name) => name.endsWith('.idx'))
    .map((name) => join('objects/pack', name));
}

function wantedFiles(edits: ReadonlyMap<string, Edit>): Record<string, string> {
  const wanted: Record<string, string> = {};
  for (const { directory, content } of edits.values()) {
    if (content.kind !== 'files') continue;
    for (const [name, bytes] of content.files) wanted[`${directory}/${name}`] = Buffer.from(bytes).toString();
  }
  return wanted;
}
