import type { Decision } from '../../policy/decision.ts';
import type { Decisions } from '../../release/ports.ts';
import { keys } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/** With which keys end. */
const INDEX_DIGITS = 3;

/** Decisions stand beside their artifact; each is put once and never changed. */
export class DecisionStore implements Decisions {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async putOnce(decision: Decision, manifestIndex: number): Promise<Decision> {
    const key = keys.decision(decision.artifactId, decision.cause, manifestIndex);
    if (
      await this.table.putNew(
        key,
        { decision },
        { notAudited: 'never changed; the release that follows says why it was made' },
      )
    )
      return decision;
    const stored = await this.table.get(key);
    if (!stored) throw new Error(`decision ${key.pk} ${key.sk} exists and can't be read`);
    return decisionOf(stored);
  }

  async find(artifactId: string, cause: string, manifestIndex: number): Promise<Decision | undefined> {
    const stored = await this.table.get(keys.decision(artifactId, cause, manifestIndex));
    return stored && decisionOf(stored);
  }

  async findAll(artifactId: string, cause: string): Promise<ReadonlyMap<number, Decision>> {
    const { pk, sk } = keys.decision(artifactId, cause, 0);
    const items = await this.table.list(pk, sk.slice(0, -INDEX_DIGITS));
    return new Map(
      items.map((item) => [Number(String(item['sk']).slice(-INDEX_DIGITS)), decisionOf(item)] as const),
    );
  }

  /** All decisions of an artifact: those of its arrival first, then those of requests. */
  async listFor(artifactId: string): Promise<Decision[]> {
    return (await this.table.list(keys.artifact(artifactId).pk, 'DECISION#')).map(decisionOf);
  }
}

function decisionOf(item: Item): Decision {
  return item['decision'] as Decision;
}
