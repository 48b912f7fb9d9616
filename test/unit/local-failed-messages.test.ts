import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedMessages } from '../../local/event-source/failed-messages.ts';

const ids = ['m1', 'm2', 'm3'];
const failures = (...named: unknown[]) => ({
  batchItemFailures: named.map((itemIdentifier) => ({ itemIdentifier })),
});

describe("a function's answer to a batch of messages", () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list of failures', { batchItemFailures: [] }],
    ['null for the list of failures', { batchItemFailures: null }],
  ])('that is %s leaves none in the queue', (_, answer) => {
    expect(failedMessages(answer, ids)).toEqual(new Set());
  });

  it.each([
    ['names a message nobody knows', failures('m1', 'm4')],
    ['names nothing', failures('')],
    ['names null', failures(null)],
    ['has a failure that is null', { batchItemFailures: [null] }],
    ['has a failure with another key', { batchItemFailures: [{ id: 'm1' }] }],
    ['has failures that are no list', { batchItemFailures: 'm1' }],
    ['is a word', 'm1'],
    ['is a list', ['m1']],
  ])('that %s leaves all in the queue', (_, answer) => {
    expect(failedMessages(answer, ids)).toEqual(new Set(ids));
  });

  it('that names messages of the batch leaves exactly those', () => {
    const batch = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 10 });
    const named = batch.chain((all) => fc.tuple(fc.constant(all), fc.subarray(all)));
    void fc.assert(
      fc.property(named, ([all, some]) => {
        expect(failedMessages(failures(...some), all)).toEqual(new Set(some));
      }),
    );
  });

  it('never leaves what was not in the batch', () => {
    void fc.assert(
      fc.property(fc.anything(), fc.array(fc.uuid()), (answer, all) => {
        expect(all).toEqual(expect.arrayContaining([...failedMessages(answer, all)]));
      }),
    );
  });
});
