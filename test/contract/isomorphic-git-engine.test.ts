import { afterAll } from 'vitest';
import { isomorphicGitEngine } from '../../shared/adapters/git/isomorphic/isomorphic-git-engine.ts';
import { temporaryFolder } from '../support/native-git.ts';
import { describeGitEngine } from './git-engine.contract.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

describeGitEngine('isomorphic-git', (options) => isomorphicGitEngine({ ...options, directory: folder.path }));
