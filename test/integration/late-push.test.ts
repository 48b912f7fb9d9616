import { describe, expect, it } from 'vitest';
import type { Plan, PushOutcome } from '../../shared/gitops/git-engine.ts';
import type { ReadyReleases, WriterPorts } from '../../shared/gitops/ports.ts';
import { writeReleases } from '../../shared/gitops/write-releases.ts';
import type { TestRepo } from '../support/git-server.ts';
import { writtenCommits } from '../support/gitops-oracle.ts';
import { commitForeign, installHook } from '../support/native-git.ts';
import { readyRelease } from '../support/ready-release.ts';
import { freshGitOpsForTests } from '../support/services-for-tests.ts';
import type { Stores } from '../support/stores.ts';
import { makeWriterPorts, overriding } from '../support/writer.ts';

let stores: Stores;
let repo: TestRepo;

freshGitOpsForTests((given) => {
  ({ stores, repo } = given);
});

const write = (ids: readonly string[], writer: WriterPorts = makeWriterPorts(stores)) =>
  writeReleases(writer, ids, writer.clock() + 55_000);
const written = () => writtenCommits(repo.path).map(({ releaseId }) => releaseId);
const stateOf = async (id: string) => (await stores.releases.get(id))?.state;
const editByHand = () => commitForeign(repo.path, repo.branch, { 'staging/shop/configmap.yaml': 'by hand' });

/** A writer that is gone while its push is still on the way to the server; answers how the push arrives. */
async function leavePushOnTheWay(
  id: string,
  ready: ReadyReleases = stores.ready,
): Promise<() => Promise<PushOutcome>> {
  const writer = { ...makeWriterPorts(stores), ready };
  const push = Promise.withResolvers<() => Promise<PushOutcome>>();
  const open: WriterPorts['git']['open'] = async (ref) => {
    const branch = await writer.git.open(ref);
    const send = branch.push.bind(branch);
    return Object.assign(branch, {
      push: (plan: Plan) => {
        push.resolve(() => send(plan));
        return Promise.reject(new Error('died'));
      },
    });
  };
  await expect(write([id], { ...writer, git: { open } })).rejects.toThrow('died');
  return push.promise;
}

describe('a push that arrives when its writer is long gone', () => {
  it('is seen by the next writer, though one in between found nothing and had nothing to write', async () => {
    const release = await readyRelease(stores, repo);
    const arrive = await leavePushOnTheWay(release.id);
    await stores.controls.setGlobal({ killSwitch: 'maintenance' });
    await write([release.id]);
    await stores.controls.setGlobal({});
    expect(await arrive()).toEqual({ outcome: 'pushed' });
    editByHand();
    await write([release.id]);
    expect(written()).toEqual([release.id]);
    expect(await stateOf(release.id)).toBe('released');
  });

  it('is seen also when the one in between was refused', async () => {
    const release = await readyRelease(stores, repo);
    const arrive = await leavePushOnTheWay(release.id);
    installHook(repo.path, 'pre-receive', 'exit 1');
    await write([release.id]);
    expect(await stateOf(release.id)).toBe('ready');
    installHook(repo.path, 'pre-receive', 'exit 0');
    expect(await arrive()).toEqual({ outcome: 'pushed' });
    const later = { ...makeWriterPorts(stores), clock: () => Date.now() + 61_000 };
    await write([release.id], later);
    expect(written()).toEqual([release.id]);
    expect(await stateOf(release.id)).toBe('released');
  });

  it('is not followed by an older release of its target', async () => {
    const older = await readyRelease(stores, repo);
    const newer = await readyRelease(stores, repo);
    const unseen = overriding(stores.ready, { list: () => Promise.resolve([]) });
    const arrive = await leavePushOnTheWay(newer.id, unseen);
    await stores.controls.setGlobal({ killSwitch: 'maintenance' });
    await write([newer.id], { ...makeWriterPorts(stores), ready: unseen });
    await stores.controls.setGlobal({});
    expect(await arrive()).toEqual({ outcome: 'pushed' });
    await write([older.id], { ...makeWriterPorts(stores), ready: unseen });
    expect(written()).toEqual([newer.id]);
    expect(await stateOf(newer.id)).toBe('released');
  });
});
