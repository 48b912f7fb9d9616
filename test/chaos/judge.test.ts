import { beforeEach, describe, expect, it } from 'vitest';
import { commitForeign, git } from '../support/native-git.ts';
import { folderForTest } from '../support/test-folder.ts';
import { type Accepted, type Evidence, judge } from './judge.ts';

let bare: string;

beforeEach(() => {
  bare = folderForTest();
  git(bare, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
});

const accepted = (place: number, target = 'staging/shop'): Accepted => ({
  name: `rel-${place}`,
  target,
  place,
});

/** Commits a release as the writer does; answers the commit. */
function write({ name, target, place }: Accepted, paths: Record<string, string> = {}): string {
  const message = [
    `[Gimlet] ${target} automated deploy`,
    '',
    `Artifact-Id: artifact-${place}`,
    `Release-Id: ${name}`,
    `Release-Order: ${place}`,
    'Triggered-By: policy',
    '',
  ].join('\n');
  return commitForeign(bare, 'main', { [`${target}/a.yaml`]: `n: ${place}`, ...paths }, { message });
}

const judged = (list: readonly Accepted[], evidence: Partial<Evidence> = {}) =>
  judge({
    bare,
    branch: 'main',
    accepted: list,
    nameOf: ({ id }) => id,
    isWhole: ({ place }, files) => files.get('a.yaml') === `n: ${place}`,
    foreign: [],
    forcedAway: [],
    ...evidence,
  });

describe('the judge of a chaos run', () => {
  it('finds nothing wrong when each release is there once, or a newer one of its target is', async () => {
    const [first, skipped, last, other] = [
      accepted(1),
      accepted(2),
      accepted(3),
      accepted(4, 'staging/cart'),
    ];
    for (const one of [first, last, other]) write(one);
    expect(await judged([first, skipped, last, other])).toEqual({
      releases: 4,
      lost: [],
      doubled: [],
      outOfOrder: [],
      spoiled: [],
    });
  });

  it('misses what is not there and has nothing newer in its place', async () => {
    const [first, last] = [accepted(1), accepted(2)];
    write(first);
    expect((await judged([first, last])).lost).toEqual([
      'rel-2 of staging/shop is not in the branch, and nothing newer of its target is',
    ]);
  });

  it('finds what is there twice', async () => {
    const [first, last] = [accepted(1), accepted(2)];
    write(first);
    write(last);
    write(last, { 'staging/shop/b.yaml': 'again' });
    const { doubled, outOfOrder } = await judged([first, last]);
    expect(doubled).toHaveLength(1);
    expect(outOfOrder).toEqual([]);
  });

  it('finds an older one after a newer one', async () => {
    const [first, last] = [accepted(1), accepted(2)];
    write(last);
    write(first);
    expect((await judged([first, last])).outOfOrder).toHaveLength(1);
  });

  it('lets somebody else throw away what was written, and nobody else', async () => {
    const [first, last] = [accepted(1), accepted(2)];
    const base = write(first);
    const thrownAway = write(last);
    git(bare, ['update-ref', 'refs/heads/main', base]);
    expect((await judged([first, last])).lost).toHaveLength(1);
    expect((await judged([first, last], { forcedAway: [thrownAway] })).lost).toEqual([]);
  });

  it('misses what somebody else committed and is not there any more', async () => {
    const first = accepted(1);
    const base = write(first);
    const theirs = commitForeign(bare, 'main', { 'README.md': 'theirs' });
    git(bare, ['update-ref', 'refs/heads/main', base]);
    expect((await judged([first], { foreign: [theirs] })).spoiled).toEqual([
      `${theirs}, a commit of somebody else, is not in the branch any more`,
    ]);
  });

  it('finds a release that changes what is not its own, and one that nobody asked for', async () => {
    const [first, unasked] = [accepted(1), accepted(2)];
    write(first, { 'production/shop/a.yaml': 'not mine' });
    write(unasked);
    expect((await judged([first])).spoiled).toEqual([
      expect.stringContaining('carries rel-2, which nobody asked for'),
      expect.stringContaining('of staging/shop changes production/shop/a.yaml'),
    ]);
  });

  it('finds what was rejected, and asks for none of it', async () => {
    const [first, rejected, short] = [accepted(1), accepted(2), accepted(3)];
    const why = new Map([rejected, short].map(({ name }) => [name, 'was rejected']));
    write(first);
    expect(await judged([first], { withheld: why })).toMatchObject({
      ...{ releases: 3, lost: [], unapproved: [], spoiled: [] },
    });
    write(rejected);
    expect(await judged([first], { withheld: why })).toMatchObject({
      unapproved: [expect.stringMatching(/carries rel-2 of staging\/shop, which was rejected$/)],
    });
  });

  it('finds a directory that its last release did not leave as it was to be, unless somebody edited it', async () => {
    const first = accepted(1);
    write(first, { 'staging/shop/a.yaml': 'n: 7' });
    expect((await judged([first])).spoiled).toEqual(['staging/shop is not as rel-1 was to leave it']);
    commitForeign(bare, 'main', { 'staging/shop/a.yaml': 'by hand' });
    expect((await judged([first])).spoiled).toEqual([]);
  });
});
