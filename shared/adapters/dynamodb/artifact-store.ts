import type { AcceptingStore } from '../../artifact/accept-artifact.ts';
import {
  type Artifact,
  type ArtifactContent,
  builtBranch,
  type Pusher,
  type Version,
} from '../../artifact/artifact.ts';
import { canonicalJson } from '../../artifact/canonical-json.ts';
import type { AuditEvent, NotAudited } from '../../audit/event.ts';
import { TransientError } from '../../errors/errors.ts';
import type { Mark } from '../../messages/mark.ts';
import type { ArrivedArtifacts, UndecidedArtifact } from '../../release/ports.ts';
import { ChunkStore } from './chunks.ts';
import { type Key, keys, monthOf, partitions, shardOf, timeKey } from './keys.ts';
import { markAttributes, REMOVE_MARK } from './mark-attributes.ts';
import type { Item, TableClient } from './table-client.ts';

/** What is kept of an artifact outside its body: enough to find it and to filter by. */
export interface ArtifactMeta {
  readonly id: string;
  readonly digest: string;
  readonly order: number;
  readonly created: number;
  readonly receivedAt: number;
  readonly version: Version;
  readonly pushedBy?: Pusher;
}

/** What came so many artifacts before another is not looked for when that one is decided. */
const LOOK_BACK = 100;

/** A link whose artifact never came to exist goes after a day. */
const PROVISIONAL_SECONDS = 24 * 60 * 60;

/**
 * Artifacts: the body in chunks under its digest, then a link item for each app and for the branch, last META, which
 * makes it exist. Whatever crashes before META leaves nothing that a reader would take for an artifact.
 */
export class ArtifactStore implements AcceptingStore, ArrivedArtifacts {
  private readonly table: TableClient;
  private readonly bodies: ChunkStore;
  /** Months that are known to be listed. */
  private readonly months = new Set<string>();

  constructor(table: TableClient) {
    this.table = table;
    this.bodies = new ChunkStore(table, 'BODY');
  }

  async get(id: string): Promise<Artifact | undefined> {
    const item = await this.table.get(keys.artifact(id));
    const meta = item as unknown as ArtifactMeta | undefined;
    return meta && artifactOf(meta, await this.bodies.get(meta.digest));
  }

  /** The artifacts of META items, in their order. */
  async load(metas: readonly ArtifactMeta[]): Promise<Artifact[]> {
    const bodies = await this.bodies.getMany(metas.map(({ digest }) => digest));
    return metas.map((meta) => artifactOf(meta, bodies.get(meta.digest)));
  }

  /** METAs of those that exist; in no particular order. */
  async metas(ids: readonly string[]): Promise<ArtifactMeta[]> {
    const items = await this.table.getMany(ids.map((id) => keys.artifact(id)));
    return items as unknown as ArtifactMeta[];
  }

  async nextOrder(repositoryName: string): Promise<number> {
    const item = await this.table.updated(
      keys.repositoryOrder(repositoryName),
      {
        UpdateExpression: 'ADD lastOrder :one',
        ExpressionAttributeValues: { ':one': 1 },
      },
      { notAudited: 'a counter' },
    );
    return Number(item?.['lastOrder']);
  }

  async create(artifact: Artifact, receivedAt: number, mark: Mark): Promise<boolean> {
    const { digest, order, created, pushedBy, ...content } = artifact;
    await this.bodies.put(digest, Buffer.from(canonicalJson(content)));
    await this.listMonth(monthOf(receivedAt));
    const expiresAt = Math.floor(receivedAt / 1000) + PROVISIONAL_SECONDS;
    const byOrder = keys.artifactOrder(artifact.version.repositoryName, order);
    await Promise.all([
      this.table.put(byOrder, { artifactId: artifact.id, expiresAt }, LINK),
      ...links(artifact, receivedAt).map(({ key, attributes }) =>
        this.table.put(key, { ...attributes, expiresAt }, LINK, UNLESS_LASTING),
      ),
    ]);
    const key = keys.artifact(artifact.id);
    const meta: ArtifactMeta = {
      id: artifact.id,
      digest,
      order,
      created,
      receivedAt,
      version: withoutMessage(artifact.version),
      ...(pushedBy && { pushedBy }),
    };
    return this.table.putNew(
      key,
      { ...meta, ...metaIndexes(meta), ...markAttributes(key, mark) },
      accepted(artifact),
    );
  }

  /** The links lose their expiry, or are made again if it has come; the mark goes last. */
  async markDecided(artifact: Artifact): Promise<void> {
    const key = keys.artifact(artifact.id);
    const meta = await this.table.get(key);
    if (!meta?.['mark']) return;
    const receivedAt = Number(meta['receivedAt']);
    await Promise.all(
      links(artifact, receivedAt).map((link) => this.table.put(link.key, link.attributes, LINK)),
    );
    await this.table.update(
      key,
      {
        UpdateExpression: REMOVE_MARK,
        ExpressionAttributeNames: { '#mark': 'mark' },
      },
      { notAudited: 'the releases that were decided say so' },
    );
  }

  async undecidedBefore({ version, order }: Artifact): Promise<UndecidedArtifact[]> {
    const { pk, sk } = keys.artifactOrder(version.repositoryName, order);
    const before = (await this.table.last(pk, LOOK_BACK, sk)).map((item) => String(item['artifactId']));
    const metas = await this.table.getMany([...new Set(before)].map((id) => keys.artifact(id)));
    return metas
      .filter((meta) => meta['mark'] !== undefined && Number(meta['order']) < order)
      .sort((a, b) => Number(a['order']) - Number(b['order']))
      .map((meta) => {
        const { sends, message } = meta['mark'] as Mark;
        const { correlationId } = message;
        return {
          artifactId: String(meta['id']),
          sends,
          ...(correlationId !== undefined && { correlationId }),
        };
      });
  }

  /** Whether its decisions and releases exist: they do when nothing is due for it any more. */
  async isDecided(id: string): Promise<boolean> {
    const meta = await this.table.get(keys.artifact(id));
    return meta !== undefined && meta['mark'] === undefined;
  }

  /** Months in which an artifact was received, newest first. */
  async listedMonths(): Promise<string[]> {
    const items = await this.table.list(keys.artifactMonth('').pk);
    return items.map((item) => String(item['sk'])).reverse();
  }

  private async listMonth(month: string): Promise<void> {
    if (this.months.has(month)) return;
    await this.table.put(keys.artifactMonth(month), {}, LINK);
    this.months.add(month);
  }
}

function artifactOf(
  { id, digest, order, created, pushedBy }: ArtifactMeta,
  body: Uint8Array | undefined,
): Artifact {
  if (!body) throw new TransientError('artifact-body-missing', `The body of artifact '${id}' can't be read.`);
  const content = JSON.parse(Buffer.from(body).toString()) as ArtifactContent;
  return { ...content, digest, order, created, ...(pushedBy && { pushedBy }) };
}

/** Links and months only make an artifact be found. */
const LINK: NotAudited = { notAudited: 'leads to an artifact' };
/** Of two who push the same at once, the slower may find it decided: its links stay as they are then. */
const UNLESS_LASTING = {
  ConditionExpression: 'attribute_not_exists(pk) OR attribute_exists(expiresAt)',
} as const;

function accepted({ id, digest, order, version, environments }: Artifact): AuditEvent {
  const { repositoryName: repository, event, sha, branch, tag } = version;
  return {
    action: 'artifact.accept',
    object: `artifact/${id}`,
    outcome: 'accepted',
    artifactId: id,
    details: { repository, event, sha, branch, tag, digest, order, environments: environments.length },
  };
}

interface Link {
  readonly key: Key;
  readonly attributes: Item;
}

function links({ id, version, environments }: Artifact, receivedAt: number): Link[] {
  const gsi1sk = timeKey(receivedAt, id);
  const built = builtBranch(version);
  const apps = new Set(environments.flatMap(({ app }) => (app === undefined ? [] : [app])));
  const link = (name: string, gsi1pk: string): Link => ({
    key: keys.artifactLink(id, name),
    attributes: { artifactId: id, gsi1pk, gsi1sk },
  });
  return [
    ...[...apps].map((app) => link(`APP#${app}`, partitions.artifactsOfApp(app))),
    ...(version.branch === undefined
      ? []
      : [link('BRANCH', partitions.artifactsOfBranch(version.repositoryName, version.branch))]),
    // A pull request may name another branch than the one that it comes from, or that one only.
    ...(built === undefined || built === version.branch
      ? []
      : [link('SOURCEBRANCH', partitions.artifactsOfBranch(version.repositoryName, built))]),
  ];
}

function metaIndexes({ id, receivedAt, version }: ArtifactMeta): Item {
  const sk = timeKey(receivedAt, id);
  return {
    gsi1pk: partitions.artifactsOfMonth(monthOf(receivedAt), shardOf(id)),
    gsi1sk: sk,
    gsi2pk: partitions.artifactsOfRepository(version.repositoryName),
    gsi2sk: sk,
    gsi3pk: partitions.artifactsOfSha(version.sha),
    gsi3sk: sk,
  };
}

/** Messages may be long, and three indexes would carry them. */
function withoutMessage({ message: _, ...version }: Version): Version {
  return version;
}
