import type { RenderMessage } from '../../shared/messages/message.ts';
import { type RenderReleasePorts, renderRelease } from '../../shared/release/render-release.ts';

/** What a render request came to, for the log. */
export function makeRenderer(ports: RenderReleasePorts) {
  return async (message: RenderMessage): Promise<Readonly<Record<string, unknown>>> => {
    const release = await renderRelease(ports, message);
    return { state: release?.state ?? 'nothing to do', reason: release?.outcomeReason };
  };
}
