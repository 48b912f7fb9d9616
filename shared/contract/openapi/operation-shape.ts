import type * as z from 'zod';
import type { Operation, ROUTES } from '../routes.ts';
import type { TAGS } from './tags.ts';

/** What a route takes and answers, said with the schemas that its handler validates with. */
export interface OperationShape {
  readonly tag: Tag;
  /** Beside the route's summary, where there is more to say; Markdown. */
  readonly description?: string;
  /** Names as in the query string. */
  readonly query?: z.ZodObject;
  /** Request headers that mean something here beside Authorization and X-Correlation-Id; in lower case. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** A body that may be sent as a query instead, beside what `query` has. */
  readonly bodyOrQuery?: z.ZodObject;
  /** Every status below 400. */
  readonly answers: Answers;
  /** Statuses of its own problems, beside those that every operation has. */
  readonly problems?: readonly ProblemStatus[];
}

type Tag = keyof typeof TAGS;

/** Those that not every operation has. */
export type ProblemStatus = 404 | 409 | 412 | 422;

export type Answers = Readonly<Partial<Record<200 | 201 | 202 | 304, AnswerShape>>>;

export interface AnswerShape {
  readonly description: string;
  /** Of a JSON body; of what is no JSON, a string; absent where there is none. */
  readonly body?: z.ZodType;
  /** `application/json` unless given. */
  readonly contentType?: string;
  /** Headers of its own, in lower case. */
  readonly headers?: z.ZodObject;
}

/** What else an id's path leads to, by what comes after the id: `/decisions`. */
export interface SubresourceShape extends Pick<OperationShape, 'answers' | 'problems'> {
  readonly operationId: string;
  readonly summary: string;
}

/** A route whose path has an id says what that is. */
export type ShapeOf<Path extends string> = OperationShape &
  (Path extends `${string}{id${string}`
    ? { readonly id: z.ZodType<string>; readonly below?: Readonly<Record<`/${string}`, SubresourceShape>> }
    : { readonly id?: undefined; readonly below?: undefined });

type RouteOf<Name extends Operation> = Extract<(typeof ROUTES)[number], { readonly operation: Name }>;

/** Every operation of the routes has its shape: one that is missing does not compile. */
export type OperationShapes = { readonly [Name in Operation]: ShapeOf<RouteOf<Name>['path']> };
