import packageJson from '../../package.json' with { type: 'json' };
import { openApiDocument } from '../../shared/contract/openapi/document.ts';
import { renderPage } from './page/render-page.ts';

/**
 * Worked out when the function is bundled, so that what is deployed holds the texts and not what makes them; from
 * source, when it is loaded.
 */
const document = openApiDocument(packageJson.version);

export const OPENAPI_JSON: string = JSON.stringify(document);

export const DOCS_PAGE: string = renderPage(document);
