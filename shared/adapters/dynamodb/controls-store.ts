import { type Controls, NO_CONTROLS } from '../../policy/gates.ts';
import type { ControlsReader } from '../../release/ports.ts';
import { keys } from './keys.ts';
import type { TableClient } from './table-client.ts';

type EnvironmentControls = Pick<Controls, 'restrictions' | 'freezes'>;
type GlobalControls = Pick<Controls, 'stopTheLine' | 'killSwitch'>;

/** What operators have switched: one item per environment, one for all of them. */
export class ControlsStore implements ControlsReader {
  private readonly table: TableClient;

  constructor(table: TableClient) {
    this.table = table;
  }

  async read(env: string): Promise<Controls> {
    const [own, global] = await Promise.all([
      this.table.get(keys.environmentControls(env)),
      this.table.get(keys.globalControls()),
    ]);
    return {
      ...NO_CONTROLS,
      ...(own?.['controls'] as EnvironmentControls | undefined),
      ...(global?.['controls'] as GlobalControls | undefined),
    };
  }

  async setEnvironment(env: string, controls: EnvironmentControls): Promise<void> {
    await this.table.put(keys.environmentControls(env), { controls });
  }

  async setGlobal(controls: GlobalControls): Promise<void> {
    await this.table.put(keys.globalControls(), { controls });
  }
}
