import type { TargetName } from '../release/release.ts';
import type { BranchRef, Oid } from './git-engine.ts';

/** A release that a push is about to carry. */
export interface JournalEntry extends TargetName {
  readonly releaseId: string;
  readonly order: number;
  readonly commit: Oid;
  /** Of its directory. */
  readonly tree: Oid | null;
}

/** What one push is about to do; put before it, finished by whoever comes next. */
export interface Journal {
  /** Grows with every write: a writer that was overtaken can't write over what came after it. */
  readonly epoch: number;
  /**
   * With entries: where the branch was; the push, if it was taken, is somewhere after it. Without: where we left it;
   * if it is elsewhere, somebody else has been there.
   */
  readonly tip: Oid | null;
  readonly entries: readonly JournalEntry[];
  /** When we pushed in the last minute, unix milliseconds, oldest first. */
  readonly pushes: readonly number[];
}

/** Where a commit stands among all of ours in its branch, as text that sorts so. `index`: after the journal's tip. */
export function commitPlace({ epoch }: Pick<Journal, 'epoch'>, index: number): string {
  return `${String(epoch).padStart(10, '0')}.${String(index).padStart(6, '0')}`;
}

export interface Journals {
  /** Consistent; an empty one at epoch 0 when there never was any. */
  read(branch: BranchRef): Promise<Journal>;
  /**
   * Replaces the journal, on condition that `previous` is still the one that is stored.
   * @throws TransientError `journal-taken` when another writer was first.
   */
  replace(branch: BranchRef, previous: Journal, next: Omit<Journal, 'epoch'>): Promise<Journal>;
}
