/**
 * Words of git, GitHub and GitLab for a push that met another one. The tip may look unmoved just then, because the
 * other holds the lock and has not let go yet: it is no refusal of ours.
 */
export function saysLostRace(words: string): boolean {
  // A branch `a` in the way of a branch `a/b` is no race: it would be lost every time.
  if (/exists; cannot create/i.test(words)) return false;
  return /failed to update ref|cannot lock ref|incorrect old value provided|reference already exists|\bstale info\b/i.test(
    words,
  );
}

/** Words for a pack that builds on what the server has no more, after a force push and its garbage collection. */
export function saysObjectsMissing(words: string): boolean {
  return /missing necessary objects|object of unexpected type|unresolved delta|unpacker error|index-pack abnormal exit/i.test(
    words,
  );
}

/** Words for a push that was cut off on its way, or that met a fault of the server's: the next one may go through. */
export function saysPassingFault(words: string): boolean {
  return /early EOF|final sha1 did not match|unexpected disconnect|internal (server )?error|temporar|try again|timed out/i.test(
    words,
  );
}
