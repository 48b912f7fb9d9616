import { expect } from 'vitest';
import type { DirectoryContent, Edit, GitBranch, Plan } from '../../shared/gitops/git-engine.ts';

/** When edits are made unless they say so: seconds of Unix time. */
export const EDITED_AT = 1_800_000_000;

export function files(entries: Readonly<Record<string, string>>): DirectoryContent {
  const bytes = Object.entries(entries).map(([path, text]) => [path, Buffer.from(text)] as const);
  return { kind: 'files', files: new Map(bytes) };
}

export function edit(directory: string, content: DirectoryContent, changes: Partial<Edit> = {}): Edit {
  return {
    directory,
    content,
    message: `[Gimlet] ${directory} automated deploy\n\nRelease-Id: ${directory}-1\n`,
    identity: { name: 'Gimlet', email: 'gimlet@example.com' },
    time: EDITED_AT,
    ...changes,
  };
}

/** Plans and pushes; fails the test unless the push is taken. */
export async function write(branch: GitBranch, ...edits: readonly Edit[]): Promise<Plan> {
  const plan = await branch.plan(edits);
  expect(await branch.push(plan)).toEqual({ outcome: 'pushed' });
  return plan;
}
