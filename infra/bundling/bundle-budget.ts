import type { BundleReport } from './bundle-report.ts';

const KB = 1000;

/** Most functions are the AWS SDK, zod and a little of ours. */
const ORDINARY = 500 * KB;

/** Patterns of strangers are matched in linear time by an engine of 150 KB, which only these need. */
const WITH_EXPRESSIONS = 680 * KB;

/** The SDK's client for Lambda, with which these ask other functions. */
const LAMBDA_CLIENT = 85 * KB;

const BUDGETS: Partial<Record<string, number>> = {
  // Stands before every request; it reads tokens from the table, and verifies what CI providers sign.
  authorizer: 400 * KB,
  // Reads the settings, whose restrictions are expressions.
  artifacts: WITH_EXPRESSIONS + LAMBDA_CLIENT,
  // Also holds each target of a request against what its caller is granted.
  releases: WITH_EXPRESSIONS + LAMBDA_CLIENT + 30 * KB,
  policy: WITH_EXPRESSIONS,
  notifier: WITH_EXPRESSIONS,
  // Also asks the writer and the sweeper for operators, and hands over the audit trail.
  admin: WITH_EXPRESSIONS + LAMBDA_CLIENT + 40 * KB,
  // YAML, and what reads charts from repositories, registries and git.
  charts: 600 * KB,
  // Expressions, YAML, a client for the charts function, and the settings, which say ever more of an environment.
  renderer: 870 * KB,
  // Expressions, isomorphic-git, what makes a GitHub App's tokens, and a client for the queue of notifications.
  writer: 950 * KB,
  // Renders by itself: expressions, YAML, and where charts come from.
  gimlet: 850 * KB,
};

/** The most bytes that a bundle, of a function or of the CLI, may have. */
export function budgetOf(name: string): number {
  return BUDGETS[name] ?? ORDINARY;
}

/** What is wrong with a bundle, a sentence each; none when all is well. */
export function budgetProblems(report: BundleReport): string[] {
  return [...tooBig(report), ...packagedTwice(report), ...zodByName(report)];
}

function tooBig({ name, bytes, packages }: BundleReport): string[] {
  if (bytes <= budgetOf(name)) return [];
  const biggest = [...packages].sort(([, a], [, b]) => b - a).slice(0, 5);
  const list = biggest.map(([folder, size]) => `${folder} ${size}`).join(', ');
  return [
    `${name} has ${bytes} bytes, more than its budget of ${budgetOf(name)}; the biggest parts: ${list}`,
  ];
}

/** The same package from two folders is two versions of it: bytes twice, and `instanceof` fails between them. */
function packagedTwice({ name, packages }: BundleReport): string[] {
  const folders = new Map<string, string[]>();
  for (const folder of packages.keys()) {
    const id = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    folders.set(id, [...(folders.get(id) ?? []), folder]);
  }
  return [...folders]
    .filter(([id, found]) => found.length > 1 && /^@(aws-sdk|smithy)\/|^zod$/.test(id))
    .map(([id, found]) => `${name} has ${id} ${found.length} times: ${found.join(', ')}; run npm dedupe`);
}

/** `import { z }` keeps every translation of zod's messages; `import * as z` only what is used. */
function zodByName({ name, sources }: BundleReport): string[] {
  const translated = sources.some((path) => path.includes('/zod/') && /\/locales\/de\./.test(path));
  return translated
    ? [`${name} holds all languages of zod: write import * as z from 'zod', never import { z }`]
    : [];
}
