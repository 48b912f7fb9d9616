import type { AuditEvent } from '../../audit/event.ts';
import type { SettingsVersion, SettingsVersions } from '../../release/settings-version.ts';
import { keys } from './keys.ts';
import type { Item, TableClient } from './table-client.ts';

/**
 * An item for each version, put once: the put is the change, and whoever comes second learns it. The newest is found
 * by its key, in one consistent read.
 */
export class SettingsStore implements SettingsVersions {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async newest(): Promise<SettingsVersion | undefined> {
    const [newest] = await this.list({ limit: 1 });
    return newest;
  }

  async get(version: number): Promise<SettingsVersion | undefined> {
    const item = await this.table.get(keys.settings(version));
    return item && versionOf(item);
  }

  append(version: SettingsVersion): Promise<boolean> {
    // As text, because no name in it may mean anything to the table.
    const { version: number } = version;
    return this.table.putNew(keys.settings(number), { settings: JSON.stringify(version) }, changed(version));
  }

  async list({
    limit,
    before,
  }: {
    readonly limit: number;
    readonly before?: number;
  }): Promise<SettingsVersion[]> {
    const { pk, sk } = keys.settings(before ?? 0);
    const items = await this.table.last(pk, limit, before === undefined ? undefined : sk);
    return items.map(versionOf);
  }
}

function changed({ version, changedBy, changes }: SettingsVersion): AuditEvent {
  const paths = changes.map(({ path }) => path).join(', ');
  return {
    action: 'settings.change',
    object: 'settings',
    outcome: `version ${version}`,
    actor: changedBy,
    details: { changes: changes.length, paths },
  };
}

function versionOf(item: Item): SettingsVersion {
  return JSON.parse(String(item['settings'])) as SettingsVersion;
}
