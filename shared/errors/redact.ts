/** What stands in the place of a secret. */
const MASK = '***';

/** Shorter texts stand in too many innocent places. */
const SHORTEST_SECRET = 8;

/**
 * Shapes of credentials that are masked wherever they come from, also those that are nobody's here: tokens of ours, of
 * git hosts and of AWS, JWTs, private keys, passwords in URLs, webhooks whose address is the secret. None of them
 * crosses a quote, so that what was JSON is JSON after.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, MASK],
  [/\bgm[a-z]_[\w-]{8,}/g, MASK],
  [/\b(?:gh[a-z]|github_pat|glpat|gldt|glrt|glcbt)[_-][\w-]{16,}/g, MASK],
  [/\bxox[a-z]-[\w-]{10,}/g, MASK],
  [/\bwhsec_[\w+/=]{16,}/g, MASK],
  [/\bAKIA[0-9A-Z]{16}\b/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}/g, MASK],
  [/\b(Basic|Bearer) +[\w+/=.~-]{8,}/gi, `$1 ${MASK}`],
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>\\]{1,500}@/gi, `$1${MASK}@`],
  [/(https:\/\/hooks\.slack\.com\/(?:services|workflows)\/)[\w/-]+/g, `$1${MASK}`],
];

/** Secrets that this process has been given, in every form in which they might be said again; longest first. */
const known = new Set<string>();
let longestFirst: readonly string[] = [];

/**
 * Remembers a secret for as long as the process lives, so that `redact` finds it whatever it looks like. To be called
 * where a secret enters: whoever echoes it later, it goes no further.
 */
export function learnSecret(secret: string): void {
  const text = secret.trim();
  if (text.length < SHORTEST_SECRET || known.has(text)) return;
  const base64 = Buffer.from(text).toString('base64');
  for (const form of [text, encodeURIComponent(text), base64, base64.replace(/=+$/, '')]) known.add(form);
  longestFirst = [...known].sort((a, b) => b.length - a.length);
}

/** For JSON.stringify: every text in it without secrets. */
export function redactTexts(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? redact(value) : value;
}

/** The text without the secrets that were learnt, and without what has the shape of one. */
export function redact(text: string): string {
  const unknown = longestFirst.reduce((left, secret) => left.replaceAll(secret, MASK), text);
  return SHAPES.reduce((left, [shape, mask]) => left.replace(shape, mask), unknown);
}
