import type { Version } from '../artifact/artifact.ts';
import { comparable, isSamePerson, type Person } from './approval.ts';

/** What is known of who stands behind a release. */
export interface Parties {
  /** Who asked for it, and who pushed what a policy releases. */
  readonly askedBy?: readonly Person[];
  readonly version: Pick<Version, 'authorName' | 'authorEmail' | 'message'>;
}

/**
 * Why somebody may not approve a release, whatever they are granted: they asked for it, or wrote its commit. Undefined
 * when neither is so. Authors are known by their names and e-mail addresses in git, and by what is before the `@`.
 */
export function partiality({ askedBy = [], version }: Parties, who: Person): string | undefined {
  if (askedBy.some((one) => isSamePerson(one, who))) return 'asked for it';
  return authorNames(version).includes(comparable(who.name)) ? 'wrote its commit' : undefined;
}

const CO_AUTHOR = /^co-authored-by:\s*([^<\n]*)<([^>\n]*)>\s*$/gim;

function authorNames({ authorName = '', authorEmail = '', message = '' }: Parties['version']): string[] {
  const authors = [
    [authorName, authorEmail],
    ...[...message.matchAll(CO_AUTHOR)].map(([, name = '', email = '']) => [name, email]),
  ];
  return authors
    .flatMap(([name = '', email = '']) => [name, email, accountOf(email)])
    .map(comparable)
    .filter((name) => name !== '');
}

/** `jane` of `jane@acme.com`, and of the address that GitHub makes up, `123+jane@users.noreply.github.com`. */
function accountOf(email: string): string {
  return /^(?:\d+\+)?([^@]+)@/.exec(email.trim())?.[1] ?? '';
}
