import type { WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { TestRepo } from './git-server.ts';
import { writtenCommits } from './gitops-oracle.ts';
import type { Stores } from './stores.ts';

/** What the running test writes with. */
export interface GivenWriter {
  readonly stores: Stores;
  readonly repo: TestRepo;
  readonly ports: WriterPorts;
}

/** What tests of the writer do again and again: write, and look what became of it. */
export function writing(given: () => GivenWriter) {
  return {
    /** Has releases written, as an invocation that has 55 seconds left. */
    write: (ids: readonly string[], writer: WriterPorts = given().ports) =>
      writeReleases(writer, ids, Date.now() + 55_000),
    stateOf: async (id: string) => (await given().stores.releases.get(id))?.state,
    /** Ids of the releases that the branch has commits of. */
    written: () => writtenCommits(given().repo.path).map(({ releaseId }) => releaseId),
  };
}
