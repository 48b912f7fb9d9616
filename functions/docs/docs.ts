import { createHash } from 'node:crypto';
import type { HttpOperations } from '../../shared/runtime/http-handler.ts';
import type { HttpRequest } from '../../shared/runtime/http-request.ts';
import type { HttpResponse } from '../../shared/runtime/http-response.ts';
import { PAGE_STYLE } from './page/page-style.ts';

export interface DocsTexts {
  /** The OpenAPI document. */
  readonly openApi: string;
  /** HTML without scripts, whose only style is PAGE_STYLE. */
  readonly page: string;
}

const CACHED = { 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff' };

/** The page loads nothing and runs nothing: its one style is let in by its hash. */
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
};

/** What the API says of itself; open to everybody. */
export function makeDocs({ openApi, page }: DocsTexts): HttpOperations {
  return {
    'GET /openapi.json': constant(openApi, { 'content-type': 'application/json' }),
    'GET /docs': constant(page, { 'content-type': 'text/html; charset=utf-8', ...PAGE_HEADERS }),
  };
}

function constant(body: string, own: Readonly<Record<string, string>>) {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const headers = { ...own, ...CACHED, etag };
  return async ({ headers: sent }: HttpRequest): Promise<HttpResponse> => {
    const has = sent['if-none-match']?.split(',').some((tag) => [etag, `W/${etag}`].includes(tag.trim()));
    return has ? { statusCode: 304, headers, body: '' } : { statusCode: 200, headers, body };
  };
}
