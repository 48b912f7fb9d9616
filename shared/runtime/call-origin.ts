import { AsyncLocalStorage } from 'node:async_hooks';
import type { AuditOrigin } from '../audit/event.ts';

type Call = Omit<AuditOrigin, 'function'>;

const calls = new AsyncLocalStorage<Call>();

/** Does something for a call: whatever it writes, the audit trail says that it came from there. */
export function forCall<T>(call: Call, work: () => Promise<T>): Promise<T> {
  return calls.run(call, work);
}

/** Tells where the writes of a function come from: from the call that it works for, and else from itself. */
export function callOrigin(functionName: string): () => AuditOrigin {
  return () => ({ function: functionName, ...calls.getStore() });
}
