import type { Command, Option } from 'commander';

/** Run when their group is called without a command; commander keeps that to itself. */
export const DEFAULT_COMMANDS = new WeakSet<Command>();

/** Must be given; we look for them ourselves, after everything else is known to be right. */
export const REQUIRED_OPTIONS = new WeakSet<Option>();
