import * as z from 'zod';
import {
  driftsAnswer,
  reconcileAnswer,
  reconcileBody,
  releaseAnswer,
  releaseRequestBody,
  releasesAnswer,
  requestAnswer,
  statusAnswer,
} from '../answers.ts';
import { diffAnswer, diffQuery, dryRunQuery, pendingAnswer, previewAnswer } from '../previews.ts';
import { approvalsQuery, driftQuery, releasesQuery, statusQuery } from '../query.ts';
import {
  approveBody,
  changedReleasesAnswer,
  deleteBody,
  promoteFields,
  rejectBody,
  rollbackFields,
} from '../requests.ts';
import { askAgainHeaders, idempotencyKey, nextPageHeaders } from './headers.ts';
import type { OperationShape, OperationShapes } from './operation-shape.ts';

const id = z.string().describe('The id of a release or a request');

/** What people ask for, all answered alike. */
const request = {
  tag: 'Releases',
  headers: idempotencyKey,
  query: dryRunQuery,
  answers: {
    200: { description: 'Of a dry run: what it would come to', body: previewAnswer },
    201: { description: 'Recorded; follow it by its id', body: requestAnswer },
    202: {
      description: 'Of a dry run: it is being rendered; ask again at `url`',
      body: pendingAnswer,
      headers: askAgainHeaders,
    },
  },
  problems: [404, 409, 422],
} as const satisfies OperationShape;

/** What is done to releases that are there, all answered alike. */
const changed = {
  answers: { 200: { description: 'The releases as they are now', body: changedReleasesAnswer } },
  problems: [404, 409],
} as const satisfies Partial<OperationShape>;

export const releaseShapes = {
  requestRelease: {
    ...request,
    description: 'Without `app` it releases every app that the artifact has for the environment.',
    bodyOrQuery: releaseRequestBody,
  },
  requestRollback: {
    ...request,
    description:
      'One commit makes the app’s directory exactly what it was; its automation is held until somebody resumes it.',
    bodyOrQuery: rollbackFields,
  },
  requestDelete: { ...request, bodyOrQuery: deleteBody },
  requestPromotion: { ...request, bodyOrQuery: promoteFields },
  cancelRelease: {
    tag: 'Releases',
    id,
    ...changed,
  },
  approveRelease: {
    tag: 'Releases',
    description:
      'With the last approval that it needs it begins. Whoever asked for it or wrote its commit can’t approve it.',
    id,
    bodyOrQuery: approveBody,
    ...changed,
  },
  rejectRelease: { tag: 'Releases', id, bodyOrQuery: rejectBody, ...changed },
  listApprovals: {
    tag: 'Releases',
    description: 'Newest first. A page ends at `limit` or 4 MiB, whichever comes first.',
    query: approvalsQuery,
    answers: { 200: { description: 'A page', body: releasesAnswer, headers: nextPageHeaders } },
    problems: [404],
  },
  listReleases: {
    tag: 'Releases',
    description: 'Newest first. A page ends at `limit` or 4 MiB, whichever comes first.',
    query: releasesQuery,
    answers: { 200: { description: 'A page', body: releasesAnswer, headers: nextPageHeaders } },
    problems: [404],
  },
  getRelease: {
    tag: 'Releases',
    id,
    answers: {
      200: {
        description: 'The release, or the request with its releases',
        body: z.union([releaseAnswer, requestAnswer]),
      },
    },
    problems: [404],
  },
  getStatus: {
    tag: 'Releases',
    description: 'By the names of the apps. All of them, unless they come to over 4 MiB.',
    query: statusQuery,
    answers: {
      200: {
        description: 'App → the release that runs, or null',
        body: statusAnswer,
        headers: nextPageHeaders,
      },
    },
    problems: [404],
  },
  getDiff: {
    tag: 'Releases',
    description:
      'All apps by whether they are the same, unless they come to over 4 MiB; the one that is asked for file by file.',
    query: diffQuery,
    answers: { 200: { description: 'App by app', body: diffAnswer, headers: nextPageHeaders } },
    problems: [404],
  },
  listDrift: {
    tag: 'Releases',
    query: driftQuery,
    answers: {
      200: {
        description: 'What was wanted and what was found',
        body: driftsAnswer,
        headers: nextPageHeaders,
      },
    },
  },
  reconcile: {
    tag: 'Releases',
    bodyOrQuery: reconcileBody,
    answers: { 200: { description: 'The requests that settle it', body: reconcileAnswer } },
    problems: [404, 409, 422],
  },
} satisfies Partial<OperationShapes>;
