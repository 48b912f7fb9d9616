import { createHash } from 'node:crypto';
import type { ChartLocator } from '../../manifest/chart-source.ts';
import type { BranchName } from '../../release/branch.ts';
import type { TargetName } from '../../release/release.ts';

/**
 * Every key of the table, in one place. Strings are joined with `#`; what comes from users is last, or is checked to
 * hold none, or is hashed.
 */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

declare const AUDITED: unique symbol;

/** The key of an item that carries an audit log: its changes of state are noted in it, by the write that makes them. */
export interface AuditedKey extends Key {
  readonly [AUDITED]: true;
}

/** The key of an item without one: it may be replaced or removed as a whole. */
export interface PlainKey extends Key {
  readonly [AUDITED]?: never;
}

function audited(key: Key): AuditedKey {
  return key as AuditedKey;
}

/** Partitions of an index that many writes share; a reader asks each. */
export const INDEX_SHARDS = 4;

export const keys = {
  artifact: (id: string): AuditedKey => audited({ pk: `ARTIFACT#${id}`, sk: 'META' }),
  artifactLink: (id: string, link: string): PlainKey => ({ pk: `ARTIFACT#${id}`, sk: `LINK#${link}` }),
  artifactMonth: (month: string): PlainKey => ({ pk: 'ARTIFACT-MONTHS', sk: month }),
  decisions: (artifactId: string, cause: string, manifestIndex: number): PlainKey => ({
    pk: `ARTIFACT#${artifactId}`,
    sk: `DECISION#${cause}#${String(manifestIndex).padStart(3, '0')}`,
  }),
  /** Which artifact of a repository took an order. */
  artifactOrder: (repository: string, order: number): PlainKey => ({
    pk: `ORDERS#${repository}`,
    sk: String(order).padStart(12, '0'),
  }),
  repositoryOrder: (repository: string): PlainKey => ({ pk: `REPOSITORY#${repository}`, sk: 'ORDER' }),
  /** Part of something stored in chunks under the digest of the whole. */
  chunk: (kind: ChunkKind, digest: string, index: number): PlainKey => ({
    pk: `${kind}#${digest}`,
    sk: `CHUNK#${String(index).padStart(3, '0')}`,
  }),
  /** Names and versions of charts hold no `#`. */
  chartPin: ({ repository, name, version }: ChartLocator): PlainKey => ({
    pk: `CHARTPIN#${repository}#${name}#${version}`,
    sk: 'PIN',
  }),
  render: (key: string): PlainKey => ({ pk: `RENDER#${key}`, sk: 'RENDER' }),
  target: ({ app, env }: TargetName): AuditedKey => audited({ pk: `APP#${app}`, sk: `ENV#${env}` }),
  release: (id: string): AuditedKey => audited({ pk: `RELEASE#${id}`, sk: 'RELEASE' }),
  /** Which release a commit carries. */
  commit: (commit: string): PlainKey => ({ pk: `COMMIT#${commit}`, sk: 'COMMIT' }),
  request: (id: string): AuditedKey => audited({ pk: `REQUEST#${id}`, sk: 'REQUEST' }),
  journal: (repo: string, branch: string): PlainKey => ({ pk: `BATCH#${repo}#${branch}`, sk: 'JOURNAL' }),
  pause: (repo: string, branch: string): AuditedKey =>
    audited({ pk: `BATCH#${repo}#${branch}`, sk: 'PAUSE' }),
  /** What is told, and its way to each channel. */
  notice: (id: string): PlainKey => ({ pk: `NOTICE#${id}`, sk: 'NOTICE' }),
  delivery: (noticeId: string, channel: string): PlainKey => ({
    pk: `NOTICE#${noticeId}`,
    sk: `CHANNEL#${channel}`,
  }),
  gitServer: (host: string): PlainKey => ({ pk: `GITSERVER#${host}`, sk: 'TRAITS' }),
  branch: ({ repository, branch }: BranchName): AuditedKey =>
    audited({
      pk: `BRANCH#${JSON.stringify([repository, branch])}`,
      sk: 'BRANCH',
    }),
  targetPolicies: ({ app, env }: TargetName): AuditedKey =>
    audited({ pk: `POLICY#${app}`, sk: `ENV#${env}` }),
  environmentControls: (env: string): AuditedKey => audited({ pk: `CONTROLS#ENV#${env}`, sk: 'CONTROLS' }),
  globalControls: (): AuditedKey => audited({ pk: 'CONTROLS#GLOBAL', sk: 'CONTROLS' }),
  /** A block of the audit chain; they sort by their number. */
  auditBlock: (block: number): PlainKey => ({ pk: 'AUDIT', sk: `BLOCK#${String(block).padStart(12, '0')}` }),
  /** Up to where the chain is finished, and published. */
  auditLedger: (): PlainKey => ({ pk: 'AUDITLEDGER', sk: 'LEDGER' }),
  /** A version of the settings; they sort by their number. */
  settings: (version: number): AuditedKey =>
    audited({ pk: 'SETTINGS', sk: String(version).padStart(9, '0') }),
  token: (id: string): AuditedKey => audited({ pk: `TOKEN#${id}`, sk: 'TOKEN' }),
  /** Of whoever is known by that id: when it was there last, and what it took of its budget. */
  tokenUse: (id: string): PlainKey => ({ pk: `TOKENUSE#${id}`, sk: 'USE' }),
  /** Trust policies are few, and the authorizer reads them all. */
  trust: (name: string): AuditedKey => audited({ pk: 'TRUST', sk: name }),
  /** An identity token that was used; the issuer is a URL and the id may be anything. */
  identity: (issuer: string, tokenId: string): PlainKey => ({
    pk: `IDENTITY#${createHash('sha256')
      .update(JSON.stringify([issuer, tokenId]))
      .digest('hex')}`,
    sk: 'IDENTITY',
  }),
  readToken: (hash: string): PlainKey => ({ pk: `READTOKEN#${hash}`, sk: 'TOKEN' }),
} as const;

/** Kinds of content-addressed bytes. */
export type ChunkKind = 'BODY' | 'BUNDLE' | 'CHART';

/** Partition keys of the overloaded indexes. */
export const partitions = {
  artifactsOfMonth: (month: string, shard: number) => `ARTIFACTS#${month}#${shard}`,
  artifactsOfApp: (app: string) => `ARTIFACTS#APP#${app}`,
  artifactsOfBranch: (repository: string, branch: string) =>
    `ARTIFACTS#BRANCH#${JSON.stringify([repository, branch])}`,
  artifactsOfRepository: (repository: string) => `ARTIFACTS#REPOSITORY#${repository}`,
  artifactsOfSha: (sha: string) => `ARTIFACTS#SHA#${sha}`,
  releasesOfTarget: ({ app, env }: TargetName) => `RELEASES#TARGET#${env}#${app}`,
  releasesOfEnvironment: (env: string) => `RELEASES#ENV#${env}`,
  readyReleases: (repo: string, branch: string) => `READY#${repo}#${branch}`,
  /** Those of all environments: they are few, and none stays for long. */
  waitingReleases: () => 'WAITING',
  writtenReleases: ({ app, env }: TargetName, repo: string, branch: string) =>
    `WRITTEN#${env}#${app}#${repo}#${branch}`,
  targetsOfEnvironment: (env: string) => `TARGETS#${env}`,
  /** Documents of policies: all, or of one environment. */
  policies: () => 'POLICIES',
  policiesOfEnvironment: (env: string) => `POLICIES#ENV#${env}`,
  /** Targets whose automation is held, or for which something waits. */
  heldTargets: () => 'HELD',
  tokens: () => 'TOKENS',
  due: (shard: number) => `DUE#${shard}`,
  /** Items with audit entries that nobody has sealed. */
  unsealed: (shard: number) => `UNSEALED#${shard}`,
} as const;

/** The longest keys that the table and its indexes take, in bytes. */
const LONGEST = { pk: 2_048, sk: 1_024 } as const;

/** Whether there can be an item under a key: whoever asks for a longer one asks for nothing that is there. */
export function canExist({ pk, sk }: Key): boolean {
  return Buffer.byteLength(pk) <= LONGEST.pk && Buffer.byteLength(sk) <= LONGEST.sk;
}

/** Sorts by time, then tells apart; `at` in unix milliseconds. */
export function timeKey(at: number, id: string): string {
  return `${String(at).padStart(13, '0')}#${id}`;
}

/** The month of a time (UTC), `2026-11`; `at` in unix milliseconds. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** The shard of a shared partition that an item belongs to. */
export function shardOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % INDEX_SHARDS;
}
