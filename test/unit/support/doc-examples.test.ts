import { describe, expect, it } from 'vitest';
import { consoleSteps, isAsShown, missingLine, readExamples } from '../../support/doc-examples.ts';

const PAGE = `# Page

<!-- run ID=release -->
\`\`\`sh
gimlet release show ID
\`\`\`

\`\`\`sh
not this
\`\`\`

<!-- settings -->
\`\`\`json
{}
\`\`\`

<!-- file: a/b.yaml -->
\`\`\`yaml
app: shop
\`\`\`
`;

describe('examples of a page', () => {
  it('are the blocks that are marked', () => {
    expect(readExamples('page.md', PAGE)).toEqual([
      { place: 'page.md:3', language: 'sh', text: 'gimlet release show ID\n', names: { ID: 'release' } },
      { place: 'page.md:12', language: 'json', text: '{}\n', document: 'settings', names: {} },
      { place: 'page.md:17', language: 'yaml', text: 'app: shop\n', file: 'a/b.yaml', names: {} },
    ]);
  });

  it.each([
    ['<!-- run -->\n\nwords', 'page.md:1: a mark stands right before the block'],
    ['x\n\n<!-- run ID -->\n```sh\nx\n```\n', 'page.md:3: write it as'],
    ['<!-- runs -->\n```sh\nx\n```\n', 'write it as'],
    ['<!-- run-->\n```sh\nx\n```\n', 'a mark is not understood'],
  ])('say what is wrong with a mark: %j', (page, reason) => {
    expect(() => readExamples('page.md', page)).toThrow(reason);
  });
});

describe('an output', () => {
  it.each([
    [['released  commit 6997621e after 2.4 s'], 'released   commit 0a1b2c3d4e after 310 ms\n', true],
    [['at 2026-11-25 09:00:00Z'], 'at 2027-01-01 10:11:12Z', true],
    [['a (b) …', '…', 'end'], 'a (b) c d\n\nmore\nend\n', true],
    [['a', '…'], 'a\n', true],
    [['a', 'b'], 'a\n', false],
    [['a'], 'a\nb\n', false],
    [['1 passed, 0 failed.'], '0 passed, 1 failed.', false],
    [['a.c'], 'abc', false],
  ])('%j is shown of %j: %s', (shown, output, expected) => {
    expect(isAsShown(shown, output)).toBe(expected);
  });

  it.each([
    [
      ['a 1.0 s', '…', 'c at http://localhost:1'],
      'a 2.5 s, b\nb\nc at http://localhost:8085 too\n',
      undefined,
    ],
    [['b', 'a'], 'a\nb\n', 'a'],
    [['d'], 'a d\n', 'd'],
  ])('%j is a part of %j, but for %s', (shown, output, missing) => {
    expect(missingLine(shown, output)).toBe(missing);
  });

  it('belongs to the command above it', () => {
    expect(consoleSteps('$ one\nout\n$ two\n')).toEqual([
      { command: 'one', output: ['out'] },
      { command: 'two', output: [] },
    ]);
  });
});
