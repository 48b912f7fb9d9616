const VERSION =
  /^v?(\d{1,18})(?:\.(\d{1,18}))?(?:\.(\d{1,18}))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/** A semantic version; what is not written is 0. */
export class Version {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  /** Without its `-`; empty for a release. */
  readonly prerelease: string;
  /** Without its `+`. */
  readonly metadata: string;
  readonly original: string;

  private constructor(original: string, parts: readonly (string | undefined)[]) {
    this.original = original;
    this.major = BigInt(parts[1] ?? 0);
    this.minor = BigInt(parts[2] ?? 0);
    this.patch = BigInt(parts[3] ?? 0);
    this.prerelease = parts[4] ?? '';
    this.metadata = parts[5] ?? '';
  }

  /** Takes `1`, `1.2` and a leading `v` too, as helm does; undefined when it is no version. */
  static parse(text: string): Version | undefined {
    const parts = VERSION.exec(text);
    return parts === null ? undefined : new Version(text, parts);
  }

  /** Negative, zero or positive, by the precedence rules of semver.org (metadata does not count). */
  compare(other: Version): number {
    return (
      sign(this.major - other.major) ||
      sign(this.minor - other.minor) ||
      sign(this.patch - other.patch) ||
      comparePrereleases(this.prerelease, other.prerelease)
    );
  }

  toString(): string {
    const prerelease = this.prerelease && `-${this.prerelease}`;
    const metadata = this.metadata && `+${this.metadata}`;
    return `${this.major}.${this.minor}.${this.patch}${prerelease}${metadata}`;
  }
}

function sign(difference: bigint): number {
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** A version with a prerelease comes before the same one without. */
function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const order = compareIdentifiers(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers before words, and the shorter list first when it is the start of the other. */
function compareIdentifiers(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber && bIsNumber) return sign(BigInt(a) - BigInt(b));
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return a < b ? -1 : 1;
}
