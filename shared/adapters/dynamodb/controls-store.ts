import type { Controls, Restriction } from '../../policy/gates.ts';
import type { StoredPolicy } from '../../policy/policy.ts';
import type { ControlsReader } from '../../release/ports.ts';
import { keys } from './keys.ts';
import { documentOf } from './policy-store.ts';
import type { Item, TableClient } from './table-client.ts';

/** What people have switched, for an environment and for all of them: read by key from the policies' documents. */
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
    return controlsOf(own, global);
  }

  async readMany(environments: readonly string[]): Promise<ReadonlyMap<string, Controls>> {
    const wanted = new Map(environments.map((env) => [keys.environmentControls(env).pk, env]));
    const [items, global] = await Promise.all([
      this.table.getMany([...wanted.values()].map((env) => keys.environmentControls(env))),
      this.table.get(keys.globalControls()),
    ]);
    const found = new Map(items.map((item) => [wanted.get(String(item['pk'])), item]));
    return new Map([...wanted.values()].map((env) => [env, controlsOf(found.get(env), global)]));
  }
}

function controlsOf(own: Item | undefined, global: Item | undefined): Controls {
  const policies = documentOf(own).policies.map(({ policy }) => policy);
  return {
    restrictions: policies.flatMap((policy) =>
      policy.kind === 'branch-restriction' ? restriction(policy) : [],
    ),
    freezes: policies.flatMap((policy) => (policy.kind === 'freeze' ? [policy.freeze] : [])),
    ...stopped(documentOf(global).policies),
  };
}

function restriction({ branchPattern, app }: Restriction): Restriction {
  return app === undefined ? { branchPattern } : { branchPattern, app };
}

function stopped(
  policies: readonly StoredPolicy[],
): Pick<Controls, 'stopTheLine' | 'stoppedAt' | 'killSwitch'> {
  const line = policies.find(({ policy }) => policy.kind === 'stop-the-line');
  const writing = policies.find(({ policy }) => policy.kind === 'kill-switch');
  return {
    ...(line?.policy.kind === 'stop-the-line' && {
      stopTheLine: line.policy.reason,
      stoppedAt: line.changedAt,
    }),
    ...(writing?.policy.kind === 'kill-switch' && { killSwitch: writing.policy.reason }),
  };
}
