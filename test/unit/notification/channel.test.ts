import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelsSchema, isWanted } from '../../../shared/notification/channel.ts';
import { NOTICE_TYPES, QUIET_TYPES } from '../../../shared/notification/notice.ts';

const parse = (...channels: readonly object[]) => channelsSchema.parse(channels);
const log = (fields: object = {}) => {
  const [channel] = parse({ type: 'log', name: 'a', ...fields });
  if (!channel) throw new Error('no channel');
  return channel;
};

describe('a channel', () => {
  it('is told of all but what is quiet, unless it names what it wants', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NOTICE_TYPES),
        fc.subarray([...NOTICE_TYPES], { minLength: 1 }),
        (type, events) => {
          expect(isWanted(log(), { type })).toBe(!QUIET_TYPES.has(type));
          expect(isWanted(log({ events }), { type })).toBe(events.includes(type));
        },
      ),
    );
  });

  it.each([
    [{ environments: ['prod*'] }, true],
    [{ environments: ['staging', 'production'], apps: ['shop-{web,api}'] }, true],
    [{ environments: ['staging'] }, false],
    [{ apps: ['*-web', 'x'], environments: ['p?oduction'] }, true],
    [{ apps: ['shop'] }, false],
  ])('with %j is told of production/shop-web: %s', (fields, wanted) => {
    expect(isWanted(log(fields), { type: 'release.failed', env: 'production', app: 'shop-web' })).toBe(
      wanted,
    );
  });

  it('is told of repos whatever its globs are', () => {
    expect(isWanted(log({ apps: ['shop'] }), { type: 'repo.paused' })).toBe(true);
  });

  it.each([
    ['a secret in its URL', { type: 'webhook', url: 'https://u:p@example.com', secret: 's' }, /secret/],
    ['what is no URL at all', { type: 'webhook', url: 'example.com/hook', secret: 's' }, /url/i],
    ['a URL of another kind', { type: 'webhook', url: 'file:///etc/passwd', secret: 's' }, /url/i],
    [
      'the URL of Slack in the settings',
      { type: 'slack', secret: 'https://hooks.slack.com/services/x' },
      /name of a secret/,
    ],
    ['an event that there is not', { type: 'log', events: ['release.maybe'] }, /release.released/],
    ['a glob that is none', { type: 'log', apps: ['[a'] }, /\[a/],
    ['a field that there is not', { type: 'log', url: 'https://example.com' }, /url/],
  ])('is refused with %s', (_, fields, words) => {
    const { error } = channelsSchema.safeParse([{ name: 'a', ...fields }]);
    expect(JSON.stringify(error?.issues)).toMatch(words);
  });

  it('has a name of its own', () => {
    const twice = channelsSchema.safeParse([
      { type: 'log', name: 'a' },
      { type: 'log', name: 'a' },
    ]);
    expect(twice.error?.issues).toMatchObject([{ path: [1, 'name'], message: "'a' is there already" }]);
  });
});
