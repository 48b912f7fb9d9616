import { beforeAll, beforeEach } from 'vitest';
import { type GitCredentials, TOKEN_USERNAME } from '../../../shared/gitops/git-credentials.ts';
import type { GitBranch, GitEngine } from '../../../shared/gitops/git-engine.ts';
import type { TestGitServer, TestRepo } from '../../support/git-server.ts';
import { commitForeign, tipOf } from '../../support/native-git.ts';
import { gitServerForTests } from '../../support/services-for-tests.ts';

const TOKEN = 'a-token-of-the-tests';

/** Options that every engine must take; each test that needs a fresh engine makes one. */
export type EngineFactory = (options: {
  readonly credentials: GitCredentials;
  readonly idleTimeoutMs?: number;
}) => GitEngine;

/** An engine whose contract is tested, against a git server that asks for a token; a repo and a branch for each test. */
export class EngineUnderTest {
  readonly #make: EngineFactory;
  readonly #server: () => TestGitServer;
  #repo: TestRepo | undefined;
  #branch: GitBranch | undefined;

  constructor(make: EngineFactory) {
    this.#make = make;
    this.#server = gitServerForTests();
    beforeAll(() => {
      this.server.requiredToken = TOKEN;
    });
    beforeEach(async () => {
      this.#repo = await this.server.createRepo();
      this.#branch = await this.open();
    });
  }

  get server(): TestGitServer {
    return this.#server();
  }

  get repo(): TestRepo {
    if (this.#repo === undefined) throw new Error('no test has begun');
    return this.#repo;
  }

  /** The repo's branch, of an engine of the test's own. */
  get branch(): GitBranch {
    if (this.#branch === undefined) throw new Error('no test has begun');
    return this.#branch;
  }

  /** A fresh engine. */
  engine(options: { readonly token?: string; readonly idleTimeoutMs?: number } = {}): GitEngine {
    const { token = TOKEN, ...rest } = options;
    return this.#make({ credentials: async () => ({ username: TOKEN_USERNAME, password: token }), ...rest });
  }

  /** The repo's branch, of a fresh engine. */
  open(): Promise<GitBranch> {
    return this.engine().open({ url: this.repo.url, branch: this.repo.branch });
  }

  /** Commits as somebody else would; returns the new commit. */
  foreign(
    entries: Parameters<typeof commitForeign>[2],
    options?: { readonly message?: string; readonly time?: number },
  ): string {
    return commitForeign(this.repo.path, this.repo.branch, entries, options);
  }

  /** The commit that the branch is at. */
  tip(): string {
    const oid = tipOf(this.repo.path, this.repo.branch);
    if (oid === null) throw new Error('the branch has no commit');
    return oid;
  }
}
