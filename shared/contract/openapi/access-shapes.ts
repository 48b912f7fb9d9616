import * as z from 'zod';
import { wholeListQuery } from '../query.ts';
import {
  issuedTokenAnswer,
  rotateBody,
  tokenAnswer,
  tokenBody,
  tokensAnswer,
  userAnswer,
} from '../tokens.ts';
import { namedUserAnswer, namedUsersAnswer, newUserAnswer, showUserQuery, userBody } from '../users.ts';
import { nextPageHeaders } from './headers.ts';
import type { OperationShapes } from './operation-shape.ts';

const tokenId = z.string().describe('The second part of a token: `gmt_<id>_…`');
const login = z.string().describe('The name that tokens are for');
const unkept = z.object({ 'cache-control': z.literal('no-store') });

export const accessShapes = {
  getUser: {
    tag: 'Access',
    answers: { 200: { description: 'Who calls, and what is granted', body: userAnswer } },
  },
  listUsers: {
    tag: 'Access',
    query: wholeListQuery,
    answers: { 200: { description: 'By their names', body: namedUsersAnswer, headers: nextPageHeaders } },
  },
  createUser: {
    tag: 'Access',
    description:
      'Its token may push every artifact, and release every app to whatever environment is not protected; an admin’s may do everything. `POST /api/tokens` grants less.',
    body: userBody,
    answers: {
      201: { description: 'The user, with the token, this once', body: newUserAnswer, headers: unkept },
    },
    problems: [409],
  },
  showUser: {
    tag: 'Access',
    id: login,
    query: showUserQuery,
    answers: { 200: { description: 'The user; no token is told again', body: namedUserAnswer } },
    problems: [404],
  },
  deleteUser: {
    tag: 'Access',
    id: login,
    answers: { 200: { description: 'What it was', body: namedUserAnswer } },
    problems: [404, 409],
  },
  listTokens: {
    tag: 'Access',
    query: wholeListQuery,
    answers: {
      200: {
        description: 'The newest first, without their secrets',
        body: tokensAnswer,
        headers: nextPageHeaders,
      },
    },
  },
  createToken: {
    tag: 'Access',
    description: 'A role with where it is to be had, or grants. Sent twice it makes two.',
    body: tokenBody,
    answers: { 201: { description: 'The token, this once', body: issuedTokenAnswer, headers: unkept } },
  },
  rotateToken: {
    tag: 'Access',
    id: tokenId,
    body: rotateBody,
    answers: { 200: { description: 'The token, this once', body: issuedTokenAnswer, headers: unkept } },
    problems: [404, 409],
  },
  revokeToken: {
    tag: 'Access',
    id: tokenId,
    answers: { 200: { description: 'What it was', body: tokenAnswer } },
    problems: [404, 409],
  },
} satisfies Partial<OperationShapes>;
