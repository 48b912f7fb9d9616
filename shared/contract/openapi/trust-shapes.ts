import * as z from 'zod';
import { trustBody } from '../../access/trust/parse-trust-policy.ts';
import { wholeListQuery } from '../query.ts';
import { trustAnswer, trustDeletedAnswer, trustsAnswer } from '../trust.ts';
import { conditional, etagHeaders, nextPageHeaders } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

const name = z.string().describe('Name of the trust policy: lower-case letters, digits and `-`');

export const trustShapes = {
  listTrust: {
    tag: 'Access',
    query: wholeListQuery,
    answers: { 200: { description: 'By their names', body: trustsAnswer, headers: nextPageHeaders } },
  },
  getTrust: {
    tag: 'Access',
    id: name,
    answers: { 200: { description: 'The trust policy', body: trustAnswer, headers: etagHeaders } },
    problems: [404],
  },
  putTrust: {
    tag: 'Access',
    description: 'Lets jobs of a CI system push without a secret, by the identity that their provider signs.',
    id: name,
    headers: conditional.extend({
      'if-none-match': z.string().optional().describe('`*`: only if there is none yet'),
    }),
    body: trustBody,
    answers: {
      201: { description: 'Made', body: trustAnswer, headers: etagHeaders },
      200: { description: 'Changed', body: trustAnswer, headers: etagHeaders },
    },
    problems: [412],
  },
  deleteTrust: {
    tag: 'Access',
    id: name,
    headers: conditional,
    answers: { 200: { description: 'Deleted', body: trustDeletedAnswer } },
    problems: [404, 412],
  },
} satisfies Partial<OperationShapes>;
