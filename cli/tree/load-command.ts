import type { Command } from 'commander';

const LOADERS = new WeakMap<Command, () => Promise<void>>();

/** Gives a command its options and its work once it is asked for, and not before. */
export function loadLater(command: Command, load: () => Promise<void>): void {
  LOADERS.set(command, load);
}

export async function loadCommand(command: Command): Promise<void> {
  const load = LOADERS.get(command);
  LOADERS.delete(command);
  await load?.();
}

/** A command and all below it: what is to know every option has to load everything. */
export async function loadTree(command: Command): Promise<void> {
  await loadCommand(command);
  for (const child of command.commands) await loadTree(child);
}
