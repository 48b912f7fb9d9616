import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../shared/concurrency/in-parallel.ts';

describe('work in parallel', () => {
  it('answers in the order of the items, with no more than so many at once', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel([...Array(20).keys()], 3, async (n) => {
      most = Math.max(most, ++running);
      for (let i = 0; i < (n * 7) % 5; i += 1) await Promise.resolve();
      running -= 1;
      return n * 2;
    });
    expect(results).toEqual([...Array(20).keys()].map((n) => n * 2));
    expect(most).toBe(3);
  });

  it('begins nothing new after a failure, and throws it when what runs has ended', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (n: number) => {
      begun.push(n);
      await Promise.resolve();
      if (n === 1) throw new Error('one');
      await Promise.resolve();
      ended.push(n);
    };
    await expect(inParallel([0, 1, 2, 3, 4, 5], 2, work)).rejects.toThrow('one');
    expect(begun.length).toBeLessThan(6);
    expect(ended).toEqual(begun.filter((n) => n !== 1));
  });

  it('has nothing to do for nothing', async () => {
    expect(await inParallel([], 5, () => Promise.reject(new Error('never')))).toEqual([]);
  });
});
