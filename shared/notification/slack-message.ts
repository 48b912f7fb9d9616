import type { Notice, NoticeType } from './notice.ts';

/** What Slack's incoming webhooks take. */
export interface SlackMessage {
  /** For notifications of the phone and for those who see no blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

interface SlackText {
  readonly type: 'mrkdwn';
  readonly text: string;
  /** Names of people and channels in the text are not made into mentions. */
  readonly verbatim: true;
}

type SlackBlock =
  | { readonly type: 'section'; readonly text: SlackText }
  | { readonly type: 'context'; readonly elements: readonly SlackText[] };

const SIGN: Readonly<Record<NoticeType, string>> = {
  'release.released': ':rocket:',
  'release.rolledBack': ':rewind:',
  'release.deleted': ':wastebasket:',
  'release.failed': ':x:',
  'release.held': ':hand:',
  'release.waiting': ':raised_hand:',
  'release.rejected': ':no_entry:',
  'release.expired': ':hourglass:',
  'release.unchanged': ':white_check_mark:',
  'release.superseded': ':fast_forward:',
  'release.cancelled': ':no_entry_sign:',
  'hold.placed': ':lock:',
  'hold.lifted': ':unlock:',
  'repo.paused': ':warning:',
  'repo.resumed': ':white_check_mark:',
};

/** Slack refuses more than 3,000 characters in a block; escaping makes up to five of one. */
const MOST_CHARACTERS = 500;

/** How a notice looks in Slack. What comes from users can neither mention anybody nor make a link. */
export function slackMessage({ type, at, text, reason, data }: Notice): SlackMessage {
  const facts = ['artifactId', 'commit', 'releaseId'].flatMap((name) => {
    const value = data[name];
    return typeof value === 'string' ? [`${name} ${escaped(value)}`] : [];
  });
  return {
    text: escaped(text),
    blocks: [
      { type: 'section', text: mrkdwn(`${SIGN[type]} ${escaped(text)}`) },
      ...(reason ? [{ type: 'section', text: mrkdwn(quoted(reason)) } as const] : []),
      { type: 'context', elements: [mrkdwn([new Date(at).toISOString(), ...facts].join(' · '))] },
    ],
  };
}

function mrkdwn(text: string): SlackText {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Slack's own rule: these three, and nothing else, are written as entities. */
function escaped(text: string): string {
  return shortened(text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function quoted(text: string): string {
  const lines = shortened(text).split('\n').slice(0, 20);
  return lines.map((line) => `> ${escaped(line)}`).join('\n');
}

function shortened(text: string): string {
  const characters = [...text];
  if (characters.length <= MOST_CHARACTERS) return text;
  return `${characters.slice(0, MOST_CHARACTERS).join('')}…`;
}
