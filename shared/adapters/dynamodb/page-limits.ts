/** A page ends at this many bytes of items in JSON, whatever its limit: Lambda answers at most 6 MB. */
export const MAX_PAGE_BYTES = 4 * 1024 * 1024;

/** Entries looked at for one page: a filter that finds little answers a short page and a cursor. */
export const MAX_SCANNED = 2_000;
