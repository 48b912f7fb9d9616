import type { Resolve } from '../outbound/checked-lookup.ts';
import type { Credentials } from './credentials.ts';
import type { GuardedOptions } from './guarded-request.ts';
import type { SourceRules } from './source-rules.ts';

/** How places that have charts may be asked, whatever their kind. */
export interface ChartRepositoryOptions extends SourceRules {
  readonly credentials?: Credentials;
  readonly maxBytes?: number;
  readonly seconds?: number;
  readonly resolve?: Resolve;
}

const MAX_BYTES = 30_000_000;
const SECONDS = 10;

export function guardedOptions(options: ChartRepositoryOptions): GuardedOptions {
  const { maxBytes = MAX_BYTES, seconds = SECONDS, resolve } = options;
  return { rules: options, maxBytes, seconds, ...(resolve && { resolve }) };
}
