import { fileURLToPath } from 'node:url';

/** What can be made again, kept from one start to the next and shared by all data directories. */
export const CACHE_DIRECTORY = fileURLToPath(new URL('../../node_modules/.cache/gimletd', import.meta.url));
