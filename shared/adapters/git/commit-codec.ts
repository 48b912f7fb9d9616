import type { CommitIdentity, CommitRecord, Oid } from '../../gitops/git-engine.ts';
import type { SignCommit } from './commit-signer.ts';
import { MalformedError } from './malformed-error.ts';
import { isOid } from './object-id.ts';

export interface CommitContent {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly identity: CommitIdentity;
  /** Unix seconds; written with the zone +0000. */
  readonly time: number;
  readonly message: string;
}

/** What we need of a commit that anybody may have written. */
export interface CommitHeader {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  /** Unix seconds of the committer. */
  readonly time: number;
  readonly message: string;
}

/**
 * The bytes of a commit whose author and committer are the same; what is in it has passed `checkEdit`. A signature is of
 * the commit without it, and stands in a header of its own.
 */
export function serializeCommit(content: CommitContent, sign?: SignCommit): Buffer {
  const { tree, parents, identity, time, message } = content;
  const person = `${identity.name} <${identity.email}> ${time} +0000`;
  const header = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${person}`,
    `committer ${person}`,
  ];
  const unsigned = Buffer.from(`${header.join('\n')}\n\n${message}`);
  if (sign === undefined) return unsigned;
  const signature = `gpgsig ${sign(unsigned).replaceAll('\n', '\n ')}`;
  return Buffer.from(`${[...header, signature].join('\n')}\n\n${message}`);
}

/** Reads tree, parents, commit time and message; other headers (signature, encoding) are passed over. */
export function parseCommit(body: Buffer): CommitHeader {
  const text = body.toString('utf8');
  const end = text.indexOf('\n\n');
  const header = end < 0 ? text : text.slice(0, end);
  // A header goes on in lines that begin with a space (a signature); they name none of what is read here.
  const fields = header.split('\n').filter((line) => !line.startsWith(' '));
  const values = (name: string) =>
    fields.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const [tree = ''] = values('tree');
  const parents = values('parent');
  const time = Number(/ (-?\d+) [+-]\d{4,}$/.exec(values('committer')[0] ?? '')?.[1]);
  if (![tree, ...parents].every(isOid)) throw new MalformedError("a commit's tree or parent is no object id");
  // Some old tools wrote commits without a usable date; git itself reads such a date as 0.
  return {
    tree,
    parents,
    time: Number.isFinite(time) ? time : 0,
    message: end < 0 ? '' : text.slice(end + 2),
  };
}

export function commitRecord(oid: Oid, body: Buffer): CommitRecord {
  const { parents, message } = parseCommit(body);
  return { oid, parents, message };
}
