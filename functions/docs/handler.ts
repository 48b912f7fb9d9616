import { httpHandler } from '../../shared/runtime/http-handler.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { makeDocs } from './docs.ts';
import { DOCS_PAGE, OPENAPI_JSON } from './pages.built.ts';

export const handler = httpHandler(
  makeDocs({ openApi: OPENAPI_JSON, page: DOCS_PAGE }),
  createLogger('docs'),
);
