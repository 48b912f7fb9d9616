import type { NotificationMessage } from '../../shared/messages/message.ts';
import { type DeliverPorts, deliver } from '../../shared/notification/deliver.ts';
import type { Delivery } from '../../shared/notification/delivery.ts';
import { type FanOutPorts, fanOut } from '../../shared/notification/notify.ts';
import type { Deliveries, Notices } from '../../shared/notification/ports.ts';
import type { EndedReleases } from '../../shared/release/ports.ts';
import { releaseNotice } from '../../shared/release/release-notice.ts';

export interface NotifierPorts extends DeliverPorts, FanOutPorts {
  readonly releases: EndedReleases;
  readonly notices: Pick<Notices, 'get' | 'markTold'>;
  readonly deliveries: Deliveries;
  /** Told of what a channel will never get. */
  readonly onGivenUp: (delivery: Delivery) => void;
}

/**
 * What a message came to, for the log. Deliveries are made first, then the mark goes that led to them: in whichever
 * moment this dies, it is done again, and nothing is told under two ids.
 */
export function makeNotifier(ports: NotifierPorts) {
  return async (message: NotificationMessage): Promise<Readonly<Record<string, unknown>>> => {
    if (message.type === 'delivery') return attempt(ports, message);
    if (message.type === 'notice') {
      const notice = await ports.notices.get(message.noticeId);
      const channels = notice && (await fanOut(ports, notice, ports.clock()));
      if (notice) await ports.notices.markTold(notice.id);
      return { noticeId: message.noticeId, channels };
    }
    const release = await ports.releases.get(message.releaseId);
    const notice = release && releaseNotice(release);
    const channels = notice && (await fanOut(ports, notice, ports.clock()));
    if (release && notice) await ports.releases.markTold(release);
    return { noticeId: notice?.id, channels };
  };
}

async function attempt(
  ports: NotifierPorts,
  message: { readonly noticeId: string; readonly channel: string },
): Promise<Readonly<Record<string, unknown>>> {
  const delivery = await deliver(ports, message);
  if (delivery?.state === 'failed') ports.onGivenUp(delivery);
  const { state, attempts, problem } = delivery ?? {};
  return { state, attempts, problem };
}
