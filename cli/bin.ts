#!/usr/bin/env node
import { runCli } from './run-cli.ts';
import { processWorld } from './world.ts';

// `gimlet artifact list | head -1` closes the pipe early: nobody is left to be told anything.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCli(process.argv.slice(2), processWorld());
