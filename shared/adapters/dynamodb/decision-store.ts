import type { Decision } from '../../policy/decision.ts';
import type { Decisions } from '../../release/ports.ts';
import { keys } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/** With which keys end. */
const INDEX_DIGITS = 3;
/** Of JSON, in one item: far from the 400 KB that one may have, and few requests for many manifests. */
const SHEET_BYTES = 100_000;

/**
 * Decisions stand beside their artifact, many to an item: a sheet has those of manifests in a row, and the index of the
 * first in its key. Sheets are put once and never changed, and the next begins where one ends; so of two who decide the
 * same at once, both go on from what the first of them has put, wherever it ends.
 */
export class DecisionStore implements Decisions {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async putOnce(decisions: readonly Decision[], firstIndex: number): Promise<readonly Decision[]> {
    const stored: Decision[] = [];
    while (stored.length < decisions.length) {
      const sheet = firstSheet(decisions.slice(stored.length));
      stored.push(...(await this.putSheet(sheet, firstIndex + stored.length)));
    }
    return stored;
  }

  async find(artifactId: string, cause: string, manifestIndex: number): Promise<Decision | undefined> {
    const stored = await this.table.get(keys.decisions(artifactId, cause, manifestIndex));
    return stored && decisionsOf(stored)[0];
  }

  async listOfCause(artifactId: string, cause: string): Promise<readonly Decision[]> {
    const { pk, sk } = keys.decisions(artifactId, cause, 0);
    return (await this.table.list(pk, sk.slice(0, -INDEX_DIGITS))).flatMap(decisionsOf);
  }

  /** All decisions of an artifact: those of its arrival first, then those of requests. */
  async listFor(artifactId: string): Promise<Decision[]> {
    return (await this.table.list(keys.artifact(artifactId).pk, 'DECISION#')).flatMap(decisionsOf);
  }

  private async putSheet(sheet: Sheet, firstIndex: number): Promise<readonly Decision[]> {
    const [{ artifactId, cause }] = sheet;
    const key = keys.decisions(artifactId, cause, firstIndex);
    const trail = { notAudited: 'never changed; the release that follows says why it was made' };
    if (await this.table.putNew(key, { decisions: sheet }, trail)) return sheet;
    const stored = await this.table.get(key);
    if (!stored) throw new Error(`the decisions ${key.pk} ${key.sk} exist and can't be read`);
    return decisionsOf(stored);
  }
}

type Sheet = readonly [Decision, ...Decision[]];

/** As many as fit; the first in any case. */
function firstSheet([first, ...others]: readonly Decision[]): Sheet {
  if (!first) throw new Error('there is nothing to put');
  const sheet: [Decision, ...Decision[]] = [first];
  let bytes = bytesOf(first);
  for (const decision of others) {
    bytes += bytesOf(decision);
    if (bytes > SHEET_BYTES) break;
    sheet.push(decision);
  }
  return sheet;
}

function bytesOf(decision: Decision): number {
  return Buffer.byteLength(JSON.stringify(decision));
}

function decisionsOf(item: Item): Sheet {
  return item['decisions'] as Sheet;
}
