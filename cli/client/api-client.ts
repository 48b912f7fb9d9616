import type * as z from 'zod';
import {
  type ArtifactAnswer,
  artifactAnswer,
  artifactsAnswer,
  type DecisionsAnswer,
  type DriftsAnswer,
  decisionsAnswer,
  driftsAnswer,
  type ReconcileBody,
  type ReleaseAnswer,
  type ReleaseRequestBody,
  type RequestAnswer,
  reconcileAnswer,
  releaseAnswer,
  releasesAnswer,
  requestAnswer,
  statusAnswer,
} from '../../shared/contract/answers.ts';
import { NotGimletdError } from './api-error.ts';
import type { ApiAnswer, HttpClient, Query } from './http-client.ts';
import { nextPage } from './next-page.ts';

/** The most that the server puts on a page. */
const PAGE = 100;

export type Status = z.infer<typeof statusAnswer>;

/** The HTTP API, typed by its contract. All methods throw ApiError, UnreachableError and NotGimletdError. */
export class ApiClient {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** `known`: the server had it already, and nothing happens twice. */
  async pushArtifact(body: string): Promise<{ artifact: ArtifactAnswer; known: boolean }> {
    const answer = await this.#http.call({ operation: 'pushArtifact', body });
    return { artifact: read(artifactAnswer, answer), known: answer.status === 200 };
  }

  listArtifacts(query: Query, limit: number): Promise<ArtifactAnswer[]> {
    return this.#list('listArtifacts', artifactsAnswer, query, limit);
  }

  async artifact(id: string): Promise<ArtifactAnswer> {
    return read(artifactAnswer, await this.#http.call({ operation: 'getArtifact', id }));
  }

  async decisions(id: string): Promise<DecisionsAnswer> {
    const answer = await this.#http.call({ operation: 'getArtifact', id, suffix: '/decisions' });
    return read(decisionsAnswer, answer);
  }

  async requestRelease(body: ReleaseRequestBody, idempotencyKey: string): Promise<RequestAnswer> {
    const answer = await this.#http.call({
      operation: 'requestRelease',
      body: JSON.stringify(body),
      headers: { 'idempotency-key': idempotencyKey },
    });
    return read(requestAnswer, answer);
  }

  listReleases(query: Query, limit: number): Promise<ReleaseAnswer[]> {
    return this.#list('listReleases', releasesAnswer, query, limit);
  }

  async release(id: string): Promise<ReleaseAnswer | RequestAnswer> {
    return read(releaseAnswer.or(requestAnswer), await this.#http.call({ operation: 'getRelease', id }));
  }

  async status(query: { readonly env: string; readonly app: string | undefined }): Promise<Status> {
    return read(statusAnswer, await this.#http.call({ operation: 'getStatus', query }));
  }

  async drifts(query: { readonly env: string; readonly app: string | undefined }): Promise<DriftsAnswer> {
    return read(driftsAnswer, await this.#http.call({ operation: 'listDrift', query }));
  }

  async reconcile(body: ReconcileBody): Promise<z.infer<typeof reconcileAnswer>> {
    return read(
      reconcileAnswer,
      await this.#http.call({ operation: 'reconcile', body: JSON.stringify(body) }),
    );
  }

  /** Page after page, until there are enough or no more. */
  async #list<T>(
    operation: 'listArtifacts' | 'listReleases',
    schema: z.ZodType<T[]>,
    query: Query,
    limit: number,
  ): Promise<T[]> {
    const found: T[] = [];
    for (let position: Query | undefined = query; position !== undefined && found.length < limit; ) {
      const page = { ...position, limit: Math.min(limit - found.length, PAGE) };
      const answer: ApiAnswer = await this.#http.call({ operation, query: page });
      found.push(...read(schema, answer));
      position = nextPage(query, answer.headers);
    }
    return found;
  }
}

function read<T>(schema: z.ZodType<T>, { body }: ApiAnswer): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'unknown' };
  throw new NotGimletdError(
    `The server's answer is not understood: ${path.join('.') || 'the answer'}: ${message}.`,
    {
      hint: 'Is the server of another version than this gimlet? gimlet --version says which this is.',
    },
  );
}
