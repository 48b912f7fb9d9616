/**
 * Which messages of a batch a function's answer leaves in the queue, as Lambda reads it with
 * `ReportBatchItemFailures`: nothing, null or no failures is a full success; a failure that names no message of the
 * batch, or an answer of another shape, fails all of it.
 */
export function failedMessages(answer: unknown, messageIds: readonly string[]): ReadonlySet<string> {
  const failures = batchItemFailures(answer);
  if (!Array.isArray(failures)) return new Set(messageIds);
  const named = failures.map((failure: { itemIdentifier?: unknown } | null) => failure?.itemIdentifier);
  const known = named.every((id) => typeof id === 'string' && messageIds.includes(id));
  return new Set(known ? (named as string[]) : messageIds);
}

/** The list of failures; undefined, or something else than a list, when the answer makes no sense. */
function batchItemFailures(answer: unknown): unknown {
  if (answer === undefined || answer === null) return [];
  if (typeof answer !== 'object' || Array.isArray(answer)) return undefined;
  return (answer as { batchItemFailures?: unknown }).batchItemFailures ?? [];
}
