import type { Outbox } from '../messages/outbox.ts';
import type { Release } from './release.ts';
import { type LanePorts, writeMark } from './release-marks.ts';

/**
 * Has the writer look for whom a release that has ended was in front of: where each is written in its turn, it is the
 * next one's now. Should the writer not hear of it, that one's own mark tells it. `now` in unix milliseconds.
 */
export async function wakeFollowers(
  ports: LanePorts & { readonly outbox: Outbox },
  ended: Release,
  now: number,
): Promise<void> {
  if (ended.inLine !== true) return;
  await ports.outbox.send({ itemId: ended.id, mark: writeMark(ended, ended.revision, now, ports) });
}
