import { GimletdError } from '../../errors/gimletd-error.ts';
import type { Channel } from '../../notification/channel.ts';
import type { Notice } from '../../notification/notice.ts';
import type { Messenger, Told } from '../../notification/ports.ts';
import { slackMessage } from '../../notification/slack-message.ts';
import { webhookBody, webhookHeaders } from '../../notification/webhook.ts';
import { type PostOptions, post } from './post.ts';

export interface MessengerOptions extends PostOptions {
  /** What is kept under a name in the secret store; undefined when there is none of that name. */
  readonly secret: (name: string) => Promise<string | undefined>;
  /** Takes what a `log` channel is told. */
  readonly log: (channel: string, notice: Notice) => void;
}

/** Tells channels of each kind. */
export function messenger(options: MessengerOptions): Messenger {
  return {
    async tell(channel, notice) {
      try {
        return await tell(options, channel, notice);
      } catch (error) {
        if (!(error instanceof GimletdError)) throw error;
        const { message: problem, retryable } = error;
        return { outcome: retryable ? 'failed' : 'refused', problem };
      }
    },
  };
}

async function tell(options: MessengerOptions, channel: Channel, notice: Notice): Promise<Told> {
  if (channel.type === 'log') {
    options.log(channel.name, notice);
    return { outcome: 'delivered' };
  }
  const secret = await options.secret(channel.secret);
  // Whoever sets up a channel may write the settings first.
  if (secret === undefined) {
    return { outcome: 'failed', problem: `the secret store has no '${channel.secret}' for notifications` };
  }
  if (channel.type === 'slack') {
    if (!URL.canParse(secret.trim())) {
      return { outcome: 'refused', problem: `the secret '${channel.secret}' must be the URL of the webhook` };
    }
    return post(new URL(secret.trim()), JSON.stringify(slackMessage(notice)), {}, options);
  }
  const body = webhookBody(notice);
  const headers = webhookHeaders(notice, body, secret, options.clock());
  return post(new URL(channel.url), body, headers, options);
}
