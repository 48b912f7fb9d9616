import { startDynamoDb } from '../embedded/dynamodb.ts';
import type { FaultSettings, FaultStats } from './fault-settings.ts';
import { LaggingIndexes } from './lagging-indexes.ts';
import type { LoseAnswers } from './lose-answers.ts';
import type { Random } from './random.ts';
import { type Answer, type Call, jsonAnswer, type Upstream, withBody } from './wire.ts';

const THROTTLED = [
  'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
  'com.amazon.coral.availability#ThrottlingException',
];

type RequestItems = Readonly<Record<string, readonly unknown[]>>;

/** What stands between callers and DynamoDB. */
export class DynamoDbFaults {
  readonly #service: Upstream;
  readonly #random: Random;
  readonly #stats: FaultStats;
  readonly #loseAnswers: LoseAnswers;
  readonly #writing = new Set<Promise<Answer>>();
  #settings: FaultSettings = {};
  #indexes: LaggingIndexes | undefined;

  constructor(service: Upstream, random: Random, stats: FaultStats, loseAnswers: LoseAnswers) {
    this.#service = service;
    this.#random = random;
    this.#stats = stats;
    this.#loseAnswers = loseAnswers;
  }

  async set(settings: FaultSettings): Promise<void> {
    this.#settings = settings;
    if (settings.indexLagMs === undefined) {
      const indexes = this.#indexes;
      this.#indexes = undefined;
      await indexes?.close();
    } else if (this.#indexes === undefined) {
      const copy = await startDynamoDb();
      const begun = Promise.allSettled(this.#writing);
      this.#indexes = new LaggingIndexes(this.#service, copy, () => this.#delayMs(), begun);
    }
  }

  #delayMs(): number {
    const { indexLagMs = 0 } = this.#settings;
    return typeof indexLagMs === 'number'
      ? this.#random.between(0, indexLagMs)
      : this.#random.between(...indexLagMs);
  }

  async handle(call: Call): Promise<Answer | 'hang-up'> {
    const throttled = this.#random.chance(this.#settings.throttle);
    const batch = throttled ? batched(call) : [];
    if (throttled && batch.length < 2) return this.#refuse();
    const answer = await (throttled ? this.#doPart(call, batch) : this.#do(call));
    return this.#loseAnswers.pass(call.operation, answer, this.#settings.loseAnswer);
  }

  async #do(call: Call): Promise<Answer> {
    if (LaggingIndexes.isWrite(call)) return this.#write(call);
    if (this.#indexes === undefined || !LaggingIndexes.isIndexRead(call)) return this.#service.send(call);
    const answer = await this.#indexes.read(call);
    if (this.#indexes?.behind) this.#stats.staleIndexReads += 1;
    return answer;
  }

  async #write(call: Call): Promise<Answer> {
    if (this.#indexes !== undefined) return this.#indexes.write(call);
    const writing = this.#service.send(call);
    this.#writing.add(writing);
    return writing.finally(() => this.#writing.delete(writing));
  }

  #refuse(): Answer {
    this.#stats.throttled += 1;
    const [type] = this.#random.shuffle(THROTTLED);
    return jsonAnswer(400, { __type: type, message: 'The level of configured throughput was exceeded.' });
  }

  /** Of a throttled batch AWS does a part, and names the rest `UnprocessedItems`. */
  async #doPart(call: Call, requests: readonly [table: string, request: unknown][]): Promise<Answer> {
    this.#stats.partlyProcessed += 1;
    const shuffled = this.#random.shuffle(requests);
    const cut = Math.floor(this.#random.between(1, shuffled.length));
    const body = JSON.parse(call.body.toString()) as object;
    const part = withBody(call, { ...body, RequestItems: byTable(shuffled.slice(0, cut)) });
    const answer = await this.#do(part);
    if (answer.status !== 200) return answer;
    const done = JSON.parse(answer.body.toString()) as object;
    return jsonAnswer(200, { ...done, UnprocessedItems: byTable(shuffled.slice(cut)) });
  }

  async close(): Promise<void> {
    await this.set({});
  }
}

/** The single writes of a batch; none when it is another kind of call. */
function batched(call: Call): [table: string, request: unknown][] {
  if (call.operation !== 'BatchWriteItem') return [];
  const { RequestItems = {} } = JSON.parse(call.body.toString()) as { RequestItems?: RequestItems };
  return Object.entries(RequestItems).flatMap(([table, requests]) =>
    requests.map((request): [string, unknown] => [table, request]),
  );
}

function byTable(requests: readonly [table: string, request: unknown][]): RequestItems {
  const tables = Map.groupBy(requests, ([table]) => table);
  return Object.fromEntries([...tables].map(([table, of]) => [table, of.map(([, request]) => request)]));
}
