/** The process that one contender runs in: takes commands from the bench, one at a time, and answers each. */
import { mkdir } from 'node:fs/promises';
import { benchReleases } from './bench-release.ts';
import type { Answer, Push, Start } from './contender-host.ts';
import type { Contender } from './contenders/contender.ts';
import { CONTENDERS } from './contenders/contenders.ts';
import { peakMemory } from './peak-memory.ts';

let contender: Contender | undefined;

process.on('message', (command: Start | Push) => {
  const work = command.do === 'start' ? start(command) : push(command);
  work.then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.once('disconnect', () => process.exit());

async function start({ name, url, path, folder }: Start): Promise<Answer> {
  await mkdir(folder, { recursive: true });
  contender = (await CONTENDERS[name].load())({ url, path, folder });
  await contender.ready();
  return { ms: 0, peakBytes: peakMemory() };
}

async function push({ size, from, count }: Push): Promise<Answer> {
  if (contender === undefined) throw new Error('no contender was started');
  const releases = benchReleases(size, from, count);
  await contender.ready();
  const begin = process.hrtime.bigint();
  await contender.push(releases);
  return { ms: Number(process.hrtime.bigint() - begin) / 1e6, peakBytes: peakMemory() };
}
