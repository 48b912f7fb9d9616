import { type BundleReport, packageFolder } from './bundle-report.ts';

const KB = 1000;

/** Of a function of the API: the AWS SDK, zod and what is ours. */
const ORDINARY = 500 * KB;

const BUDGETS: Partial<Record<string, number>> = {
  // Stands before every request; it reads tokens from the table, and verifies what CI providers sign.
  authorizer: 360 * KB,
  artifacts: 440 * KB,
  policy: 440 * KB,
  notifier: 390 * KB,
  sweeper: 370 * KB,
  // YAML, the reading of patches, and where the output of helm goes.
  renderer: 560 * KB,
  // A third client of the AWS SDK, for secrets, and the git engine.
  writer: 480 * KB,
  // Renders by itself: expressions, YAML, and where charts come from.
  gimlet: 850 * KB,
};

/** The most bytes that a start may load, of a function or of the CLI. */
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
    `a start of ${name} loads ${bytes} bytes, more than its budget of ${budgetOf(name)}; the biggest parts: ${list}`,
  ];
}

/** The same package from two folders is two versions of it: bytes twice, and `instanceof` fails between them. */
function packagedTwice({ name, sources }: BundleReport): string[] {
  const folders = new Map<string, Set<string>>();
  for (const folder of sources.map(packageFolder)) {
    if (folder === undefined) continue;
    const id = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    folders.set(id, (folders.get(id) ?? new Set()).add(folder));
  }
  return [...folders]
    .filter(([id, found]) => found.size > 1 && /^@(aws-sdk|smithy)\/|^zod$/.test(id))
    .map(([id, found]) => `${name} has ${id} ${found.size} times: ${[...found].join(', ')}; run npm dedupe`);
}

/** `import { z }` keeps every translation of zod's messages; `import * as z` only what is used. */
function zodByName({ name, sources }: BundleReport): string[] {
  const translated = sources.some((path) => path.includes('/zod/') && /\/locales\/de\./.test(path));
  return translated
    ? [`${name} holds all languages of zod: write import * as z from 'zod', never import { z }`]
    : [];
}
