import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../shared/artifact/parse-json.ts';
import { GimletdError } from '../../../shared/errors/gimletd-error.ts';

const limits = { bytes: 2 * 1024 * 1024, depth: 32 };

function refusal(text: string) {
  try {
    parseJson(text, limits);
  } catch (error) {
    if (error instanceof GimletdError) return { code: error.code, path: error.errors[0]?.path };
    throw error;
  }
  return undefined;
}

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON from a stranger', () => {
  it.each([
    ['{', 'malformed-json', ''],
    ['', 'malformed-json', ''],
    [nested(33), 'too-deep', '[0][0][0][0][0][0][0][0]…'],
    [nested(100_000), 'too-deep', '[0][0][0][0][0][0][0][0]…'],
    ['{"a":[{"__proto__":1}]}', 'forbidden-key', 'a[0]'],
    ['{"constructor":1}', 'forbidden-key', ''],
    ['"\\ud800"', 'broken-text', ''],
    ['{"a":["\\ud83d\\ude80","\\ude80\\ud83d"]}', 'broken-text', 'a[1]'],
    ['{"a":{"\\ud800":1}}', 'broken-text', 'a'],
    [JSON.stringify('x'.repeat(limits.bytes)), 'body-too-large', ''],
    [JSON.stringify('ä'.repeat(limits.bytes / 2)), 'body-too-large', ''],
  ])('%.40j is refused as %s', (text, code, path) => {
    expect(refusal(text)).toEqual({ code, path });
  });

  it('is taken at its limits', () => {
    expect(refusal(nested(32))).toBeUndefined();
    expect(refusal(JSON.stringify('x'.repeat(limits.bytes - 2)))).toBeUndefined();
  });
});
