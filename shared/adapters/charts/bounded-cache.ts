/** Bytes by key, those that were used last; the others go when there are too many. */
export class BoundedCache {
  private readonly entries = new Map<string, Uint8Array>();
  private size = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(key: string): Uint8Array | undefined {
    const bytes = this.entries.get(key);
    if (bytes === undefined) return undefined;
    // A Map keeps the order of insertion: put again, it is the last to go.
    this.entries.delete(key);
    this.entries.set(key, bytes);
    return bytes;
  }

  put(key: string, bytes: Uint8Array): void {
    this.remove(key);
    this.entries.set(key, bytes);
    this.size += bytes.length;
    for (const oldest of this.entries.keys()) {
      if (this.size <= this.maxBytes) return;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    this.size -= this.entries.get(key)?.length ?? 0;
    this.entries.delete(key);
  }
}
