import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Schedule, startSchedule } from '../../local/scheduler.ts';
import { allSettled, createShutdown } from '../../local/shutdown.ts';

describe('a schedule', () => {
  let schedule: Schedule | undefined;
  afterEach(() => schedule?.stop());

  it('goes on after a run that fails, which is told', async () => {
    const told: string[] = [];
    let runs = 0;
    const task = async () => {
      runs++;
      throw new Error(`run ${runs} failed`);
    };
    schedule = startSchedule(0.01, task, (problem) => told.push(problem));
    await expect.poll(() => told.slice(0, 2)).toEqual(['run 1 failed', 'run 2 failed']);
  });

  it('does not overtake a run that takes longer than the interval, and waits for it when stopped', async () => {
    let together = 0;
    let most = 0;
    let finished = 0;
    const task = async () => {
      together++;
      most = Math.max(most, together);
      await sleep(50);
      together--;
      finished++;
    };
    schedule = startSchedule(0.01, task, () => undefined);
    await expect.poll(() => finished).toBeGreaterThan(1);
    await schedule.stop();
    const runs = finished;
    await sleep(60);
    expect([most, together, finished]).toEqual([1, 0, runs]);
  });
});

describe('a shutdown', () => {
  it('closes the last first, whatever fails, and says what did', async () => {
    const shutdown = createShutdown();
    const closed: number[] = [];
    for (const number of [1, 2, 3])
      shutdown.add(async () => {
        closed.push(number);
        if (number === 2) throw new Error('two is stuck');
      });
    await expect(shutdown.run()).rejects.toThrow('two is stuck');
    expect(closed).toEqual([3, 2, 1]);
  });

  it('of what was started when a neighbour failed to start is complete', async () => {
    const shutdown = createShutdown();
    let open = true;
    const close = async () => {
      open = false;
    };
    const slow = sleep(20).then(() => ({ close }));
    const both = allSettled([shutdown.started(slow), Promise.reject(new Error('no port'))]);
    await expect(both).rejects.toThrow('no port');
    await shutdown.run();
    expect(open).toBe(false);
  });
});
