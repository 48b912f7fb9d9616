import { expect, it } from 'vitest';
import { isomorphicGitEngine } from '../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { NO_CREDENTIALS } from '../../shared/gitops/git-credentials.ts';
import { edit, files } from '../support/git-edits.ts';
import { TestGitServer } from '../support/git-server.ts';
import { git } from '../support/native-git.ts';
import { folderForTests } from '../support/test-folder.ts';
import { describeGitEngine } from './git-engine.contract.ts';

const folder = folderForTests();

describeGitEngine('isomorphic-git', (options) => isomorphicGitEngine({ ...options, directory: folder }));

it.each([
  ['a name that is not UTF-8', '100644', 'caf\u00e9'],
  ['a mode that it does not know', '100664', 'cafe'],
  ['a name with a backslash', '100644', 'a\\b'],
])('isomorphic-git leaves a directory alone that has %s', async (_, mode, name) => {
  await using server = await TestGitServer.start();
  const repo = await server.createRepo();
  const blob = git(repo.path, ['hash-object', '-w', '--stdin'], { input: 'x' });
  const input = Buffer.concat([Buffer.from(`${mode} ${name}\0`, 'latin1'), Buffer.from(blob, 'hex')]);
  const root = git(repo.path, ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'], { input });
  git(repo.path, ['update-ref', 'refs/heads/main', git(repo.path, ['commit-tree', '-m', 'odd', root])]);
  const engine = isomorphicGitEngine({ credentials: NO_CREDENTIALS, directory: folder });
  const branch = await engine.open(repo);
  const { edits } = await branch.plan([edit('staging/app', files({ a: '1' }))]);
  expect(edits).toMatchObject([{ outcome: 'refused', code: 'unsupported-tree' }]);
});
