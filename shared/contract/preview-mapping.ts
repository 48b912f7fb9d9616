import type { ComparedApp, Comparison } from '../gitops/compare-environments.ts';
import type { FileDiff } from '../gitops/file-diff.ts';
import type { PreviewedTarget } from '../gitops/preview-request.ts';
import type { Running } from '../gitops/running-files.ts';
import type { Hold } from '../policy/gates.ts';
import type { RequestKind } from '../release/request.ts';
import { toBriefVersionAnswer } from './answer-mapping.ts';
import { answerBytes } from './page-limits.ts';
import type { DiffAnswer, HeldAnswer, PreviewAnswer, RunningAnswer } from './previews.ts';

/** Of all diffs of an answer together, in bytes as they are sent: a function may answer 6 MB, and there is more in it. */
const MOST_DIFF_BYTES = 3 * 1024 * 1024;

export function toPreviewAnswer(
  { kind, env }: { readonly kind: RequestKind; readonly env: string },
  previews: readonly PreviewedTarget[],
): PreviewAnswer {
  const room = new Room();
  const releases = previews.map(({ running, conditions, errors, files, hold, ...preview }) => ({
    ...preview,
    conditions: conditions.map((condition) => ({ ...condition })),
    ...(errors.length > 0 && { errors: errors.map((error) => ({ ...error })) }),
    ...(running && { running: toRunningAnswer(running) }),
    ...(hold && { hold: toHeldAnswer(hold) }),
    ...changedFiles(files, room),
  }));
  return { type: 'preview', kind, env, releases };
}

export function toDiffAnswer({ from, to }: Comparison, apps: readonly ComparedApp[]): DiffAnswer {
  const room = new Room();
  return {
    from,
    to,
    apps: apps.map(({ app, state, files, ...compared }) => ({
      app,
      state,
      ...(compared.from && { from: toRunningAnswer(compared.from) }),
      ...(compared.to && { to: toRunningAnswer(compared.to) }),
      ...(files && changedFiles(files, room)),
    })),
  };
}

function toHeldAnswer({ owner, reason, since, until }: Hold): HeldAnswer {
  const answer = { owner, reason, since };
  return until === undefined ? answer : { ...answer, until };
}

function toRunningAnswer({ release, drifted }: Running): RunningAnswer {
  const { id, artifactId, version, commit } = release;
  const answer = { releaseId: id, artifactId, version: toBriefVersionAnswer(version), drifted };
  return commit === undefined ? answer : { ...answer, gitopsRef: commit };
}

function changedFiles(files: readonly FileDiff[], room: Room) {
  const told = files.map(({ text }) => (room.take(answerBytes(text)) ? text : undefined));
  return {
    files: files.map(({ name: path, change, additions, deletions }) => ({
      path,
      change,
      additions,
      deletions,
    })),
    diff: told.join(''),
    ...(told.includes(undefined) && { truncated: true }),
  };
}

/** What an answer may still hold; where something did not fit, nothing after it is taken. */
class Room {
  #left = MOST_DIFF_BYTES;

  take(length: number): boolean {
    this.#left = length <= this.#left ? this.#left - length : 0;
    return this.#left > 0;
  }
}
