import { VERSION } from '../../cli/version.ts';
import { openApiDocument } from '../../shared/contract/openapi/document.ts';
import { apiPage } from './api-page.ts';
import { cliPage } from './cli-page.ts';

/** Name of each page in docs/ that is made from the code, and what makes it. */
export const REFERENCE_PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'cli.md': cliPage,
  'api.md': () => apiPage(openApiDocument(VERSION)),
};
