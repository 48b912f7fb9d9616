import * as z from 'zod';
import { checkedText } from '../manifest/checked-text.ts';
import { compileGlob, globProblem } from '../manifest/glob.ts';
import { NOTICE_TYPES, type Notice, QUIET_TYPES } from './notice.ts';

const glob = checkedText(globProblem, 200);

const name = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$/,
    'must be 1 to 42 of a-z, 0-9 and -, a letter or digit at both ends',
  );

const common = {
  name,
  /** What is told; all but the quiet ones when left out. */
  events: z.array(z.enum(NOTICE_TYPES)).min(1).optional(),
  /** Globs; all when left out. */
  environments: z.array(glob).min(1).max(100).optional(),
  apps: z.array(glob).min(1).max(100).optional(),
};

/** The name of what is secret in the secret store, never the secret itself. */
const secret = z
  .string()
  .regex(/^[\w.-]{1,100}$/, 'must be the name of a secret: 1 to 100 of letters, digits, `.`, `_` and `-`');

const receiver = z.url({ protocol: /^https?$/ }).refine((text) => {
  // That it is no URL at all was said before.
  if (!URL.canParse(text)) return true;
  const { username, password } = new URL(text);
  return username + password === '';
}, 'must have no user and no password in it: calls are signed with the secret');

/** Where people, or programs, are told of what happens. */
export const channelSchema = z.discriminatedUnion('type', [
  /** Posts JSON, signed with the secret. */
  z.strictObject({ type: z.literal('webhook'), ...common, url: receiver, secret }),
  /** Posts to an incoming webhook of Slack; its URL is the secret. */
  z.strictObject({ type: z.literal('slack'), ...common, secret }),
  /** A line in the notifier's log. */
  z.strictObject({ type: z.literal('log'), ...common }),
]);
export type Channel = z.output<typeof channelSchema>;

/** All channels; their names tell them apart. */
export const channelsSchema = z
  .array(channelSchema)
  .max(50)
  .superRefine((channels, context) => {
    const names = channels.map((channel) => channel.name);
    for (const [index, one] of names.entries()) {
      if (names.indexOf(one) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `'${one}' is there already` });
    }
  });

/** Whether a channel is told of something. What concerns no target in particular passes any globs. */
export function isWanted(
  { events, environments, apps }: Channel,
  { type, env, app }: Pick<Notice, 'type' | 'env' | 'app'>,
): boolean {
  const wanted = events ? events.includes(type) : !QUIET_TYPES.has(type);
  return wanted && passes(environments, env) && passes(apps, app);
}

function passes(globs: readonly string[] | undefined, text: string | undefined): boolean {
  if (globs === undefined || text === undefined) return true;
  return globs.some((pattern) => compileGlob(pattern).matches(text));
}
