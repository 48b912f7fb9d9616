import type { FunctionName } from '../../shared/contract/functions.ts';

export interface Invocations {
  readonly count: number;
  /** Milliseconds of all of them, on the machine that measured. */
  readonly ms: number;
}

/** What the system has used of AWS's services. */
export interface Usage {
  /** DynamoDB read and write request units, indexes included. */
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly reads: number;
  readonly writes: number;
  /** Of all queues, and those of them that went to FIFO queues. */
  readonly queueRequests: number;
  readonly fifoRequests: number;
  readonly functions: Readonly<Partial<Record<FunctionName, Invocations>>>;
}

export const NOTHING: Usage = {
  readUnits: 0,
  writeUnits: 0,
  reads: 0,
  writes: 0,
  queueRequests: 0,
  fifoRequests: 0,
  functions: {},
};

/** What was used between two looks. */
export function difference(later: Usage, earlier: Usage): Usage {
  const names = Object.keys(later.functions) as FunctionName[];
  const functions = names.map((name) => {
    const [now, then] = [later.functions[name], earlier.functions[name]];
    return [
      name,
      { count: (now?.count ?? 0) - (then?.count ?? 0), ms: (now?.ms ?? 0) - (then?.ms ?? 0) },
    ] as const;
  });
  return {
    readUnits: later.readUnits - earlier.readUnits,
    writeUnits: later.writeUnits - earlier.writeUnits,
    reads: later.reads - earlier.reads,
    writes: later.writes - earlier.writes,
    queueRequests: later.queueRequests - earlier.queueRequests,
    fifoRequests: later.fifoRequests - earlier.fifoRequests,
    functions: Object.fromEntries(functions),
  };
}
