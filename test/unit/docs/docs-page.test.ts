import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeDocs } from '../../../functions/docs/docs.ts';
import { html, prose } from '../../../functions/docs/page/html.ts';
import { DOCS_PAGE, OPENAPI_JSON } from '../../../functions/docs/pages.built.ts';
import { ROUTES } from '../../../shared/contract/routes.ts';
import type { HttpRequest } from '../../../shared/runtime/http-request.ts';

const all = (pattern: RegExp) => [...DOCS_PAGE.matchAll(pattern)].map(([, found]) => found);

describe('the page of the API', () => {
  it('shows every operation', () => {
    expect(all(/<section id="([^"]+)"/g)).toEqual(
      expect.arrayContaining(ROUTES.map(({ operation }) => operation)),
    );
  });

  it('has a place for each of its links', () => {
    const places = new Set(all(/ id="([^"]+)"/g));
    expect(all(/href="#([^"]+)"/g).filter((link) => !places.has(link))).toEqual([]);
  });

  it('loads nothing from anywhere and runs nothing', () => {
    expect(DOCS_PAGE).not.toMatch(
      /<(script|link|img|iframe|object|embed)\b|\son\w+=|\sstyle=|@import|url\(/i,
    );
    expect(all(/href="(?!#)([^"]+)"/g)).toEqual(['openapi.json']);
  });

  it('closes every tag that it opens', () => {
    const open: string[] = [];
    for (const [, slash, name = ''] of DOCS_PAGE.matchAll(/<(\/?)([a-z]+\d?)\b[^>]*>/g)) {
      if (['meta', 'br'].includes(name)) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('escapes what it shows', () => {
    expect(html`<p>${'<b>&"\''}</p>`.text).toBe('<p>&lt;b&gt;&amp;&quot;&#39;</p>');
    expect(prose('one `<x>`\n\n- a\n- b').text).toBe(
      '<p>one <code>&lt;x&gt;</code></p><ul><li>a\n</li><li>b</li></ul>',
    );
  });
});

describe('the docs function', () => {
  const operations = makeDocs({ openApi: OPENAPI_JSON, page: DOCS_PAGE });
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await operations[`GET ${path}`]?.({ headers } as unknown as HttpRequest);
    if (answer === undefined) throw new Error(`nothing answers ${path}`);
    return answer;
  };

  it('lets the page have its own style and nothing else', async () => {
    const policy = (await get('/docs')).headers['content-security-policy'];
    const [, style = ''] = /<style>(.*)<\/style>/s.exec(DOCS_PAGE) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it.each(['/openapi.json', '/docs'])('answers %s again only when it has changed', async (path) => {
    const { statusCode, headers, body } = await get(path);
    const etag = headers['etag'] ?? '';
    expect({ statusCode, length: body.length > 10_000, etag }).toEqual({
      statusCode: 200,
      length: true,
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
    for (const tags of [etag, `"other", W/${etag}`]) {
      expect(await get(path, { 'if-none-match': tags })).toMatchObject({ statusCode: 304, body: '' });
    }
    expect(await get(path, { 'if-none-match': '"other"' })).toMatchObject({ statusCode: 200, body });
  });
});
