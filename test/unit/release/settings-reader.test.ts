import { describe, expect, it } from 'vitest';
import { readDeployed } from '../../../shared/release/deployed-settings.ts';
import { SETTINGS_MEMORY_MS, settingsReader } from '../../../shared/release/settings-reader.ts';
import type { SettingsVersion } from '../../../shared/release/settings-version.ts';
import { madeOf } from '../../../shared/runtime/made-of.ts';

const deployed = readDeployed(JSON.stringify({ gitops: { repo: 'https://git.example.com/gitops.git' } }));
const version = (number: number, previewMaxAgeDays: number): SettingsVersion => ({
  version: number,
  document: { previewMaxAgeDays },
  changedBy: 'jane',
  changedAt: 0,
  changes: [],
});

function reader() {
  const world = { now: 0, reads: 0, stored: undefined as SettingsVersion | undefined, broken: false };
  const newest = async () => {
    world.reads += 1;
    if (world.broken) throw new Error('the table is away');
    return world.stored;
  };
  return { world, read: settingsReader({ deployed, versions: { newest }, clock: () => world.now }) };
}

describe('a reader of settings', () => {
  it('answers the deployed ones until others are stored, and those once its memory has run out', async () => {
    const { world, read } = reader();
    expect(await read()).toBe(deployed.settings);
    world.stored = version(1, 3);
    world.now = SETTINGS_MEMORY_MS - 1;
    expect(await read()).toBe(deployed.settings);
    world.now = SETTINGS_MEMORY_MS;
    expect(await read()).toMatchObject({ previewMaxAgeDays: 3 });
    expect(world.reads).toBe(2);
  });

  it('asks once for all who ask at the same time', async () => {
    const { world, read } = reader();
    await Promise.all([read(), read(), read()]);
    expect(world.reads).toBe(1);
  });

  it('tells a fault to whoever asks, and asks again for the next', async () => {
    const { world, read } = reader();
    world.broken = true;
    await expect(read()).rejects.toThrow('the table is away');
    world.broken = false;
    expect(await read()).toBe(deployed.settings);
  });

  it('has things made anew only when the settings are others', async () => {
    const { world, read } = reader();
    world.stored = version(1, 3);
    const made = madeOf(read, ({ previewMaxAgeDays }) => ({ previewMaxAgeDays }));
    const first = await made();
    world.now += SETTINGS_MEMORY_MS;
    expect(await made()).toBe(first);
    world.stored = version(2, 4);
    world.now += SETTINGS_MEMORY_MS;
    expect(await made()).toEqual({ previewMaxAgeDays: 4 });
    expect(world.reads).toBe(3);
  });
});
