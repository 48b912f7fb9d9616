import * as z from 'zod';
import { artifactSchema } from '../../artifact/parse-artifact.ts';
import { artifactAnswer, artifactsAnswer, decisionsAnswer } from '../answers.ts';
import { artifactsQuery, pushQuery } from '../query.ts';
import { nextPageHeaders, readTokenHeaders } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

const id = z.string().describe('An artifact’s id, percent-encoded: it may hold `/`');

export const artifactShapes = {
  pushArtifact: {
    tag: 'Artifacts',
    description:
      'The id is the idempotency key: the same id with the same content answers 200 and does nothing twice, with other content 409.',
    query: pushQuery,
    body: artifactSchema,
    answers: {
      201: {
        description: 'Accepted; policies decide about it next',
        body: artifactAnswer,
        headers: readTokenHeaders,
      },
      200: {
        description: 'It is known: the stored artifact',
        body: artifactAnswer,
        headers: readTokenHeaders,
      },
    },
    problems: [409, 422],
  },
  listArtifacts: {
    tag: 'Artifacts',
    description: 'Newest first. A page ends at `limit` or 4 MiB, whichever comes first.',
    query: artifactsQuery,
    answers: { 200: { description: 'A page', body: artifactsAnswer, headers: nextPageHeaders } },
    problems: [404],
  },
  getArtifact: {
    tag: 'Artifacts',
    id,
    answers: { 200: { description: 'The artifact', body: artifactAnswer } },
    problems: [404],
    below: {
      '/decisions': {
        operationId: 'listDecisions',
        summary: 'What was decided for an artifact, and why',
        answers: { 200: { description: 'Every decision with its conditions', body: decisionsAnswer } },
        problems: [404],
      },
    },
  },
} satisfies Partial<OperationShapes>;
