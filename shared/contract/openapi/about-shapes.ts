import * as z from 'zod';
import { describeAnswer } from '../answers.ts';
import { cachedHeaders, ifNoneMatch } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

export const aboutShapes = {
  describe: {
    tag: 'About',
    answers: { 200: { description: 'What answers here, and its version', body: describeAnswer } },
  },
  openApi: {
    tag: 'About',
    headers: ifNoneMatch,
    answers: {
      200: {
        description: 'OpenAPI 3.1',
        body: z.record(z.string(), z.unknown()),
        headers: cachedHeaders,
      },
      304: { description: 'It is what you have', headers: cachedHeaders },
    },
  },
  docs: {
    tag: 'About',
    headers: ifNoneMatch,
    answers: {
      200: {
        description: 'A page without scripts',
        body: z.string(),
        contentType: 'text/html; charset=utf-8',
        headers: cachedHeaders,
      },
      304: { description: 'It is what you have', headers: cachedHeaders },
    },
  },
} satisfies Partial<OperationShapes>;
