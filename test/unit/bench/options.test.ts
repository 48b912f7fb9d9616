import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../../bench/git/options.ts';

describe('the options of the bench', () => {
  it('measure everything when nothing is said', () => {
    expect(parseOptions([])).toEqual({
      sizes: ['S', 'M', 'M-long', 'L'],
      contenders: [
        'ours',
        'ours-cold',
        'ours-cold-process',
        'fast-import',
        'warm-clone',
        'fresh-clone',
        'isomorphic',
      ],
      batches: [1, 10, 100, 1000],
      latenciesMs: [0, 30],
      rounds: undefined,
      json: false,
      out: undefined,
    });
  });

  it('keep the order of the table, whatever the order asked for', () => {
    expect(parseOptions(['--sizes', 'L,S', '--contenders', 'fresh-clone,ours'])).toMatchObject({
      sizes: ['S', 'L'],
      contenders: ['ours', 'fresh-clone'],
    });
  });

  it('take lists of numbers and a file', () => {
    const args = ['--batches', '5,5,7', '--latency', '0', '--rounds', '2', '--json', '--out', 'result.json'];
    expect(parseOptions(args)).toMatchObject({
      batches: [5, 7],
      latenciesMs: [0],
      rounds: 2,
      json: true,
      out: 'result.json',
    });
  });

  it.each([
    [['--sizes', 'XL'], /--sizes can't be 'XL'.* S, M, M-long, L/],
    [['--contenders', 'ours,svn'], /--contenders can't be 'svn'.*fast-import/],
    [['--batches', '0'], /--batches can't be '0'.*from 1/],
    [['--latency', '-5'], /latency/],
    [['--rounds', 'many'], /--rounds can't be 'many'/],
    [['--turns', '3'], /--turns/],
  ])('refuse %j and name what may be', (args, message) => {
    expect(() => parseOptions(args)).toThrow(UsageError);
    expect(() => parseOptions(args)).toThrow(message);
  });
});
