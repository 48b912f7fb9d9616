import { describe, expect, it } from 'vitest';
import { judgeNotices, type ToldCall } from './notices.ts';

const CHANNELS = [
  { name: 'all', events: ['release.released', 'release.rejected', 'release.waiting', 'repo.paused'] },
  { name: 'production', events: ['release.released'], environments: ['production'] },
];
const RELEASED = { id: 'rel-1', env: 'production', state: 'released' };
const REJECTED = { id: 'rel-2', env: 'staging', state: 'rejected' };

const told = (
  channel: string,
  { id, env, state }: typeof RELEASED,
  fields: Partial<ToldCall> = {},
): ToldCall => ({
  channel,
  id: `evt-${id}-${state}`,
  body: JSON.stringify({ type: `release.${state}`, data: { releaseId: id, env } }),
  isSigned: true,
  answer: 'taken',
  ...fields,
});
const ALL = [told('all', RELEASED), told('production', RELEASED), told('all', REJECTED)];

const judged = (...calls: ToldCall[]) => judgeNotices(calls, CHANNELS, [RELEASED, REJECTED]);

describe('the judge of notices', () => {
  it('finds nothing wrong where each channel took what it wants, at whichever attempt', () => {
    const calls = [
      told('all', RELEASED, { answer: 'refused' }),
      told('production', RELEASED, { answer: 'none' }),
      told('all', { ...RELEASED, state: 'waiting' }),
      ...ALL,
      told('all', RELEASED),
    ];
    expect(judged(...calls)).toEqual({ untold: [], wrong: [], calls: 7, taken: 4, takenAgain: 1 });
  });

  it('misses what a channel wants and never took', () => {
    const refused = told('all', REJECTED, { answer: 'refused' });
    expect(judged(...ALL.slice(0, 2), refused).untold).toEqual(['all never took release.rejected of rel-2']);
    expect(judged(...ALL.slice(0, 1), ...ALL.slice(2)).untold).toEqual([
      'production never took release.released of rel-1',
    ]);
  });

  it.each([
    ['has no signature that holds', told('all', RELEASED, { isSigned: false }), /without a signature/],
    ['is not wanted', told('production', REJECTED), /is told release.rejected .*, which it does not want/],
    [
      'is told under two ids',
      told('all', RELEASED, { id: 'evt-2' }),
      /is told as evt-rel-1-released and as evt-2/,
    ],
    [
      'says something else the second time',
      told('all', RELEASED, { body: ALL[2]?.body ?? '' }),
      /and then another/,
    ],
    [
      'is not so',
      told('all', { ...REJECTED, state: 'released' }),
      /tells release.released of rel-2, which is rejected/,
    ],
    ['has not happened', told('all', { ...RELEASED, id: 'rel-3' }), /of rel-3, which has not ended/],
  ])('finds what %s', (_, call, sentence) => {
    const { wrong } = judged(...ALL, call);
    expect(wrong).toEqual(expect.arrayContaining([expect.stringMatching(sentence)]));
  });

  it('finds what was attempted more often than is promised', () => {
    const again = (times: number) => Array.from({ length: times }, () => told('all', RELEASED));
    expect(judged(...ALL, ...again(9)).wrong).toEqual([]);
    expect(judged(...ALL, ...again(10)).wrong).toEqual(['evt-rel-1-released to all was attempted 11 times']);
  });
});
