import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../shared/notification/notice.ts';
import { slackMessage } from '../../../shared/notification/slack-message.ts';

const notice = (fields: Partial<Notice>): Notice => ({
  id: 'evt-1',
  type: 'release.failed',
  at: 0,
  text: 'it failed',
  data: {},
  ...fields,
});

/** All text of a message. */
function texts(message: ReturnType<typeof slackMessage>): string[] {
  return message.blocks
    .flatMap((block) => ('text' in block ? [block.text] : block.elements))
    .map(({ text }) => text);
}

describe('a message to Slack', () => {
  it('says what, why, and where to look', () => {
    const message = slackMessage(
      notice({ reason: 'no such chart\nat all', data: { artifactId: 'a<b', commit: 'c0ffee', order: 3 } }),
    );
    expect(message.text).toBe('it failed');
    expect(texts(message)).toEqual([
      ':x: it failed',
      '> no such chart\n> at all',
      '1970-01-01T00:00:00.000Z · artifactId a&lt;b · commit c0ffee',
    ]);
  });

  it('lets no text of users mention anybody, make a link or be too long for Slack', () => {
    const fixed = [
      '<!channel>',
      '<https://evil|login>',
      '<@U1>',
      '&lt;!here&gt;',
      'é😀'.repeat(400),
      '<'.repeat(900),
    ];
    const hostile = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...fixed));
    const isSafe = (text: string) =>
      !/<|&(?!amp;|lt;|gt;)/.test(text) &&
      !text.replace(/^> /gm, '').includes('>') &&
      text.length <= 3_000 &&
      text.isWellFormed();
    fc.assert(
      fc.property(hostile, hostile, hostile, (text, reason, artifactId) => {
        const message = slackMessage(notice({ text, reason, data: { artifactId } }));
        return [message.text, ...texts(message)].every(isSafe);
      }),
    );
  });
});
