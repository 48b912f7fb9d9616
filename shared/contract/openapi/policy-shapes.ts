import * as z from 'zod';
import { POLICY_FIELDS } from '../../policy/parse-policy.ts';
import { holdAnswer, holdBody, holdsAnswer, resumeQuery } from '../holds.ts';
import {
  policiesAnswer,
  policiesQuery,
  policyAnswer,
  policyDeletedAnswer,
  simulateBody,
  simulationAnswer,
} from '../policies.ts';
import { wholeListQuery } from '../query.ts';
import { conditional, etagHeaders, nextPageHeaders } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

const policyId = z
  .string()
  .describe('Kind and names, `auto-release/staging/webapp`, percent-encoded or as it is');
const target = z.string().describe('Environment and app, `staging/webapp`, percent-encoded or as it is');

const named = { kind: true, env: true } as const;
/** What PUT takes: the path says the kind and the names, which may be said again. */
const policyBody = z.union([
  POLICY_FIELDS['auto-release'].partial({ ...named, app: true }),
  POLICY_FIELDS['auto-promote'].partial({ ...named, app: true, to: true }),
  POLICY_FIELDS['branch-restriction'].partial({ ...named, app: true }),
  POLICY_FIELDS.freeze.partial({ ...named, name: true }),
  POLICY_FIELDS['stop-the-line'].partial({ kind: true }),
  POLICY_FIELDS['kill-switch'].partial({ kind: true }),
]);

export const policyShapes = {
  listPolicies: {
    tag: 'Policies',
    query: policiesQuery,
    answers: {
      200: {
        description: 'By their ids; the operator’s among them',
        body: policiesAnswer,
        headers: nextPageHeaders,
      },
    },
  },
  getPolicy: {
    tag: 'Policies',
    id: policyId,
    answers: { 200: { description: 'The policy', body: policyAnswer, headers: etagHeaders } },
    problems: [404],
  },
  putPolicy: {
    tag: 'Policies',
    description: 'A policy that a restriction could never let through is answered 409.',
    id: policyId,
    headers: conditional.extend({
      'if-none-match': z.string().optional().describe('`*`: only if there is none yet'),
    }),
    body: policyBody,
    answers: {
      201: { description: 'Made', body: policyAnswer, headers: etagHeaders },
      200: { description: 'Changed', body: policyAnswer, headers: etagHeaders },
    },
    problems: [404, 409, 412],
  },
  deletePolicy: {
    tag: 'Policies',
    id: policyId,
    headers: conditional,
    answers: { 200: { description: 'Deleted', body: policyDeletedAnswer } },
    problems: [404, 409, 412],
  },
  simulatePolicies: {
    tag: 'Policies',
    body: simulateBody,
    answers: {
      200: { description: 'What they would have decided, beside what was', body: simulationAnswer },
    },
    problems: [404],
  },
  listHolds: {
    tag: 'Holds',
    query: wholeListQuery,
    answers: { 200: { description: 'Those in force', body: holdsAnswer, headers: nextPageHeaders } },
  },
  getHold: {
    tag: 'Holds',
    id: target,
    answers: { 200: { description: 'The hold, and what waits', body: holdAnswer } },
    problems: [404],
  },
  putHold: {
    tag: 'Holds',
    id: target,
    body: holdBody,
    answers: { 200: { description: 'The hold in force', body: holdAnswer } },
    problems: [404, 409],
  },
  deleteHold: {
    tag: 'Holds',
    id: target,
    query: resumeQuery,
    answers: { 200: { description: 'The hold that ended, and what waited', body: holdAnswer } },
    problems: [404, 409],
  },
} satisfies Partial<OperationShapes>;
