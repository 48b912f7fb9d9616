import type { Mark } from '../messages/mark.ts';
import type { Channel } from './channel.ts';
import type { Delivery } from './delivery.ts';
import type { Notice } from './notice.ts';

export interface Notices {
  /** Puts it, with its mark, unless it is there. */
  putOnce(notice: Notice, mark: Mark): Promise<void>;
  /** Consistent. */
  get(id: string): Promise<Notice | undefined>;
  /** Takes its mark away: a delivery exists for every channel. */
  markTold(id: string): Promise<void>;
}

export interface Deliveries {
  /** Puts it, with its mark, unless there is one of the notice to the channel: false then. */
  create(delivery: Delivery, mark: Mark): Promise<boolean>;
  /** Consistent. */
  get(noticeId: string, channel: string): Promise<Delivery | undefined>;
  /**
   * Replaces one, with the mark of what is to happen next (none: nothing), on condition that it is pending and that
   * as many attempts were made as `seen` says; false when it is not so.
   */
  replace(seen: Delivery, next: Delivery, mark?: Mark): Promise<boolean>;
}

/** What came of telling a channel; `problem` names no secret. */
export type Told =
  | { readonly outcome: 'delivered' }
  /** Trying again changes nothing. */
  | { readonly outcome: 'refused'; readonly problem: string }
  | { readonly outcome: 'failed'; readonly problem: string; readonly retryAfterMs?: number };

export interface Messenger {
  /** Tells a channel; never throws for what the channel does. */
  tell(channel: Channel, notice: Notice): Promise<Told>;
}
