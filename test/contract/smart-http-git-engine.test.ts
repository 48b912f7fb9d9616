import { smartHttpGitEngine } from '../../shared/adapters/git/smart-http-engine.ts';
import { describeGitEngine } from './git-engine.contract.ts';

describeGitEngine('smart HTTP', (options) => smartHttpGitEngine(options));
