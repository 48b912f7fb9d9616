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
import {
  type AuditBlocksAnswer,
  type AuditEntryAnswer,
  type AuditLogsAnswer,
  auditAnswer,
  auditBlocksAnswer,
  auditLogsAnswer,
} from '../../shared/contract/audit.ts';
import { type HoldAnswer, holdAnswer, holdsAnswer } from '../../shared/contract/holds.ts';
import {
  type DoctorAnswer,
  doctorAnswer,
  type ReplayAnswer,
  redriveAnswer,
  replayAnswer,
} from '../../shared/contract/operations.ts';
import {
  type PolicyAnswer,
  policiesAnswer,
  policyAnswer,
  policyDeletedAnswer,
  type SimulationAnswer,
  simulationAnswer,
} from '../../shared/contract/policies.ts';
import {
  type DiffAnswer,
  diffAnswer,
  type PendingAnswer,
  type PreviewAnswer,
  pendingAnswer,
  previewAnswer,
} from '../../shared/contract/previews.ts';
import {
  type ChangedReleasesAnswer,
  changedReleasesAnswer,
  type DeleteBody,
  type PromoteBody,
  type RollbackBody,
} from '../../shared/contract/requests.ts';
import {
  type PutSettingsAnswer,
  putSettingsAnswer,
  type SettingsAnswer,
  type SettingsHistoryAnswer,
  settingsAnswer,
  settingsHistoryAnswer,
} from '../../shared/contract/settings.ts';
import {
  type IssuedTokenAnswer,
  issuedTokenAnswer,
  type TokenAnswer,
  tokenAnswer,
  tokensAnswer,
  type UserAnswer,
  userAnswer,
} from '../../shared/contract/tokens.ts';
import { type TrackAnswer, trackAnswer } from '../../shared/contract/tracking.ts';
import {
  READ_TOKEN_HEADER,
  type TrustAnswer,
  trustAnswer,
  trustDeletedAnswer,
  trustsAnswer,
} from '../../shared/contract/trust.ts';
import type { HttpClient, Query } from './http-client.ts';
import { read } from './read-answer.ts';
import { readAll, readPages, readParts } from './read-pages.ts';

export type Status = z.infer<typeof statusAnswer>;

/** What people ask for, which can be asked as a dry run too. */
export interface RequestBodies {
  readonly requestRelease: ReleaseRequestBody;
  readonly requestRollback: RollbackBody;
  readonly requestDelete: DeleteBody;
  readonly requestPromotion: PromoteBody;
}
export type RequestOperation = keyof RequestBodies;

/** One app in one environment. */
interface TargetFlags {
  readonly env: string;
  readonly app: string;
}

/** The HTTP API, typed by its contract. All methods throw ApiError, UnreachableError and NotGimletdError. */
export class ApiClient {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** `known`: the server had it already, and nothing happens twice. `reader`: who may follow what becomes of it. */
  async pushArtifact(
    body: string,
    query: { readonly check?: true | undefined } = {},
  ): Promise<{ artifact: ArtifactAnswer; known: boolean; reader: ApiClient }> {
    const answer = await this.#http.call({ operation: 'pushArtifact', body, query });
    const token = answer.headers.get(READ_TOKEN_HEADER);
    const reader = token === null ? this : new ApiClient(this.#http.as(token));
    return { artifact: read(artifactAnswer, answer), known: answer.status === 200, reader };
  }

  listArtifacts(query: Query, limit: number): Promise<ArtifactAnswer[]> {
    return readPages(this.#http, 'listArtifacts', artifactsAnswer, query, limit);
  }

  async artifact(id: string): Promise<ArtifactAnswer> {
    return read(artifactAnswer, await this.#http.call({ operation: 'getArtifact', id }));
  }

  async decisions(id: string): Promise<DecisionsAnswer> {
    const answer = await this.#http.call({ operation: 'getArtifact', id, suffix: '/decisions' });
    return read(decisionsAnswer, answer);
  }

  /** Asks for releases; the same key again is the same request. */
  async request<O extends RequestOperation>(
    operation: O,
    body: RequestBodies[O],
    idempotencyKey: string,
  ): Promise<RequestAnswer> {
    const headers = { 'idempotency-key': idempotencyKey };
    return read(requestAnswer, await this.#http.call({ operation, body: JSON.stringify(body), headers }));
  }

  /** What a request would come to; nothing is written. */
  async preview(operation: RequestOperation, body: object): Promise<PreviewAnswer | PendingAnswer> {
    const call = { operation, body: JSON.stringify(body), query: { dryRun: true } } as const;
    return read(previewAnswer.or(pendingAnswer), await this.#http.call(call));
  }

  /** What runs in two environments. */
  async diff(query: Query): Promise<DiffAnswer> {
    const pages = await readParts(this.#http, 'getDiff', diffAnswer, query);
    const [first, ...more] = pages as [DiffAnswer, ...DiffAnswer[]];
    return { ...first, apps: [first, ...more].flatMap(({ apps }) => apps) };
  }

  /** Of a release or a request. */
  async cancel(id: string): Promise<ChangedReleasesAnswer> {
    return read(changedReleasesAnswer, await this.#http.call({ operation: 'cancelRelease', id }));
  }

  /** Of a release or a request that waits for approval. */
  async settle(
    operation: 'approveRelease' | 'rejectRelease',
    id: string,
    reason: string | undefined,
  ): Promise<ChangedReleasesAnswer> {
    const body = JSON.stringify({ reason });
    return read(changedReleasesAnswer, await this.#http.call({ operation, id, body }));
  }

  /** Releases that wait for approval. */
  listApprovals(query: Query, limit: number): Promise<ReleaseAnswer[]> {
    return readPages(this.#http, 'listApprovals', releasesAnswer, query, limit);
  }

  /** Of a release or a request. */
  async trackRelease(id: string): Promise<TrackAnswer> {
    return read(trackAnswer, await this.#http.call({ operation: 'trackRelease', query: { id } }));
  }

  async trackArtifact(artifactId: string): Promise<TrackAnswer> {
    return read(trackAnswer, await this.#http.call({ operation: 'trackArtifact', query: { artifactId } }));
  }

  listReleases(query: Query, limit: number): Promise<ReleaseAnswer[]> {
    return readPages(this.#http, 'listReleases', releasesAnswer, query, limit);
  }

  async release(id: string): Promise<ReleaseAnswer | RequestAnswer> {
    return read(releaseAnswer.or(requestAnswer), await this.#http.call({ operation: 'getRelease', id }));
  }

  async status(query: {
    readonly env: string;
    readonly app: string | undefined;
    readonly team: string | undefined;
  }): Promise<Status> {
    return Object.assign({}, ...(await readParts(this.#http, 'getStatus', statusAnswer, query)));
  }

  async drifts(query: { readonly env: string; readonly app: string | undefined }): Promise<DriftsAnswer> {
    return readAll(this.#http, 'listDrift', driftsAnswer, query);
  }

  async reconcile(body: ReconcileBody): Promise<z.infer<typeof reconcileAnswer>> {
    return read(
      reconcileAnswer,
      await this.#http.call({ operation: 'reconcile', body: JSON.stringify(body) }),
    );
  }

  async doctor(): Promise<DoctorAnswer> {
    return read(doctorAnswer, await this.#http.call({ operation: 'examine' }));
  }

  async redrive(): Promise<z.infer<typeof redriveAnswer>> {
    return read(redriveAnswer, await this.#http.call({ operation: 'redrive' }));
  }

  async replay(artifactId: string): Promise<ReplayAnswer> {
    const body = JSON.stringify({ artifactId });
    return read(replayAnswer, await this.#http.call({ operation: 'replayArtifact', body }));
  }

  async policies(query: Query): Promise<PolicyAnswer[]> {
    return readAll(this.#http, 'listPolicies', policiesAnswer, query);
  }

  async policy(id: string): Promise<PolicyAnswer> {
    return read(policyAnswer, await this.#http.call({ operation: 'getPolicy', id }));
  }

  /** With a version only if that is the stored one. */
  async putPolicy(id: string, document: object, version?: number): Promise<PolicyAnswer> {
    const body = JSON.stringify(document);
    return read(
      policyAnswer,
      await this.#http.call({ operation: 'putPolicy', id, body, headers: ifMatch(version) }),
    );
  }

  async deletePolicy(id: string, version?: number): Promise<{ readonly id: string }> {
    const answer = await this.#http.call({ operation: 'deletePolicy', id, headers: ifMatch(version) });
    return read(policyDeletedAnswer, answer);
  }

  async trusts(): Promise<TrustAnswer[]> {
    return readAll(this.#http, 'listTrust', trustsAnswer);
  }

  async trust(name: string): Promise<TrustAnswer> {
    return read(trustAnswer, await this.#http.call({ operation: 'getTrust', id: name }));
  }

  /** With a version only if that is the stored one. */
  async putTrust(name: string, document: object, version?: number): Promise<TrustAnswer> {
    const call = { operation: 'putTrust', id: name, body: JSON.stringify(document) } as const;
    return read(trustAnswer, await this.#http.call({ ...call, headers: ifMatch(version) }));
  }

  async deleteTrust(name: string, version?: number): Promise<{ readonly name: string }> {
    const answer = await this.#http.call({ operation: 'deleteTrust', id: name, headers: ifMatch(version) });
    return read(trustDeletedAnswer, answer);
  }

  async simulate(body: object): Promise<SimulationAnswer> {
    return read(
      simulationAnswer,
      await this.#http.call({ operation: 'simulatePolicies', body: JSON.stringify(body) }),
    );
  }

  /** Those that hold, or an older version. */
  async settings(version: number | undefined): Promise<SettingsAnswer> {
    return read(settingsAnswer, await this.#http.call({ operation: 'getSettings', query: { version } }));
  }

  /** With a version only if that is the stored one. */
  async putSettings(
    settings: object,
    { dryRun, version }: { readonly dryRun: boolean; readonly version: number | undefined },
  ): Promise<PutSettingsAnswer> {
    const body = JSON.stringify(settings);
    const call = { operation: 'putSettings', body, query: { dryRun }, headers: ifMatch(version) } as const;
    return read(putSettingsAnswer, await this.#http.call(call));
  }

  settingsHistory(limit: number): Promise<SettingsHistoryAnswer> {
    return readPages(this.#http, 'listSettingsVersions', settingsHistoryAnswer, {}, limit);
  }

  audit(query: Query, limit: number): Promise<AuditEntryAnswer[]> {
    return readPages(this.#http, 'listAudit', auditAnswer, query, limit);
  }

  /** Blocks of the audit chain after one, in their order, and the head; as many as the server likes. */
  async auditBlocks(after: number): Promise<AuditBlocksAnswer> {
    return read(auditBlocksAnswer, await this.#http.call({ operation: 'listAuditBlocks', query: { after } }));
  }

  /** What items know of their own entries; at most 100. */
  async auditLogs(items: readonly { readonly pk: string; readonly sk: string }[]): Promise<AuditLogsAnswer> {
    const body = JSON.stringify({ items });
    return read(auditLogsAnswer, await this.#http.call({ operation: 'readAuditLogs', body }));
  }

  async holds(): Promise<HoldAnswer[]> {
    return readAll(this.#http, 'listHolds', holdsAnswer);
  }

  async hold({ env, app }: TargetFlags): Promise<HoldAnswer> {
    return read(holdAnswer, await this.#http.call({ operation: 'getHold', id: `${env}/${app}` }));
  }

  async putHold({ env, app }: TargetFlags, body: object): Promise<HoldAnswer> {
    const call = { operation: 'putHold', id: `${env}/${app}`, body: JSON.stringify(body) } as const;
    return read(holdAnswer, await this.#http.call(call));
  }

  /** `release`: whether what waited is evaluated again. */
  async resume({ env, app }: TargetFlags, release: boolean): Promise<HoldAnswer> {
    const call = { operation: 'deleteHold', id: `${env}/${app}`, query: { release } } as const;
    return read(holdAnswer, await this.#http.call(call));
  }

  async user(): Promise<UserAnswer> {
    return read(userAnswer, await this.#http.call({ operation: 'getUser' }));
  }

  async tokens(): Promise<TokenAnswer[]> {
    return readAll(this.#http, 'listTokens', tokensAnswer);
  }

  /** Repeated after an answer that was lost it makes another one, which nobody has. */
  async createToken(body: object): Promise<IssuedTokenAnswer> {
    const call = { operation: 'createToken', body: JSON.stringify(body) } as const;
    return read(issuedTokenAnswer, await this.#http.call(call));
  }

  async rotateToken(id: string, body: object): Promise<IssuedTokenAnswer> {
    const call = { operation: 'rotateToken', id, body: JSON.stringify(body) } as const;
    return read(issuedTokenAnswer, await this.#http.call(call));
  }

  async revokeToken(id: string): Promise<TokenAnswer> {
    return read(tokenAnswer, await this.#http.call({ operation: 'revokeToken', id }));
  }
}

function ifMatch(version: number | undefined): Readonly<Record<string, string>> {
  return version === undefined ? {} : { 'if-match': `"${version}"` };
}
