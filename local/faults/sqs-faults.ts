import { Deliveries, type ReceivedMessage } from './deliveries.ts';
import { droppedAnswer, type SentMessage } from './dropped-sends.ts';
import type { FaultSettings, FaultStats } from './fault-settings.ts';
import type { LoseAnswers } from './lose-answers.ts';
import type { Random } from './random.ts';
import { type Answer, type Call, jsonAnswer, type Upstream, withBody } from './wire.ts';

const THROTTLED = ['RequestThrottled', 'ThrottlingException'];

interface Receive {
  readonly MaxNumberOfMessages?: number;
}

/** What stands between callers and SQS. */
export class SqsFaults {
  readonly #service: Upstream;
  readonly #random: Random;
  readonly #stats: FaultStats;
  readonly #loseAnswers: LoseAnswers;
  readonly #drops = new Map<string, number>();
  readonly #deliveries = new Map<string, Deliveries>();
  #settings: FaultSettings = {};

  constructor(service: Upstream, random: Random, stats: FaultStats, loseAnswers: LoseAnswers) {
    this.#service = service;
    this.#random = random;
    this.#stats = stats;
    this.#loseAnswers = loseAnswers;
  }

  set(settings: FaultSettings): void {
    this.#settings = settings;
  }

  /** Throws away the next `count` messages sent to the queue, known by its name on SQS. */
  drop(queue: string, count: number): void {
    this.#drops.set(queue, count);
  }

  async handle(call: Call): Promise<Answer | 'hang-up'> {
    if (this.#random.chance(this.#settings.throttle)) return this.#throttle();
    return this.#loseAnswers.pass(call.operation, await this.#do(call), this.#settings.loseAnswer);
  }

  #throttle(): Answer {
    this.#stats.throttled += 1;
    const [type] = this.#random.shuffle(THROTTLED);
    const body = { __type: `com.amazonaws.sqs#${type}`, message: 'Rate exceeded' };
    return jsonAnswer(400, body, { 'x-amzn-query-error': `${type};Sender` });
  }

  #do(call: Call): Promise<Answer> {
    if (call.operation === 'SendMessage') return this.#send(call);
    if (call.operation === 'SendMessageBatch') return this.#sendBatch(call);
    if (call.operation === 'ReceiveMessage') return this.#receive(call);
    return this.#service.send(call);
  }

  async #send(call: Call): Promise<Answer> {
    const message = JSON.parse(call.body.toString()) as SentMessage;
    return this.#dropsNext(queueOf(call))
      ? jsonAnswer(200, droppedAnswer(message))
      : this.#service.send(call);
  }

  async #sendBatch(call: Call): Promise<Answer> {
    const body = JSON.parse(call.body.toString()) as { readonly Entries: readonly SentMessage[] };
    const drops = new Set(body.Entries.filter(() => this.#dropsNext(queueOf(call))));
    if (drops.size === 0) return this.#service.send(call);
    const dropped = [...drops].map(droppedAnswer);
    const Entries = body.Entries.filter((entry) => !drops.has(entry));
    if (Entries.length === 0) return jsonAnswer(200, { Successful: dropped, Failed: [] });
    const answer = await this.#service.send(withBody(call, { ...body, Entries }));
    if (answer.status !== 200) return answer;
    const sent = JSON.parse(answer.body.toString()) as { Successful?: readonly object[] };
    return jsonAnswer(200, { ...sent, Successful: [...(sent.Successful ?? []), ...dropped] });
  }

  #dropsNext(queue: string): boolean {
    const left = this.#drops.get(queue) ?? 0;
    if (left === 0) return false;
    this.#drops.set(queue, left - 1);
    this.#stats.dropped += 1;
    return true;
  }

  async #receive(call: Call): Promise<Answer> {
    const queue = queueOf(call);
    const deliveries = this.#deliveriesOf(queue);
    const { duplicate, shuffle } = this.#settings;
    if (queue.endsWith('.fifo') || (deliveries.empty && !duplicate && !shuffle)) {
      return this.#service.send(call, call.signal);
    }
    const body = JSON.parse(call.body.toString()) as Receive;
    const max = body.MaxNumberOfMessages ?? 1;
    const wanted = deliveries.wanted(max, this.#settings);
    const received = wanted === 0 ? [] : await this.#receiveUpTo(call, body, wanted, deliveries.empty);
    if (!Array.isArray(received)) return received;
    const Messages = deliveries.next(received, max, this.#settings);
    return jsonAnswer(200, Messages.length === 0 ? {} : { Messages });
  }

  /** The messages, or the service's answer when that is an error. Does not wait for more when some are held. */
  async #receiveUpTo(
    call: Call,
    body: Receive,
    MaxNumberOfMessages: number,
    mayWait: boolean,
  ): Promise<ReceivedMessage[] | Answer> {
    const wait = mayWait ? {} : { WaitTimeSeconds: 0 };
    const answer = await this.#service.send(
      withBody(call, { ...body, ...wait, MaxNumberOfMessages }),
      call.signal,
    );
    if (answer.status !== 200) return answer;
    return (JSON.parse(answer.body.toString()) as { Messages?: ReceivedMessage[] }).Messages ?? [];
  }

  #deliveriesOf(queue: string): Deliveries {
    const deliveries = this.#deliveries.get(queue) ?? new Deliveries(this.#random, this.#stats);
    this.#deliveries.set(queue, deliveries);
    return deliveries;
  }
}

/** The queue's name, the last part of its URL. */
function queueOf(call: Call): string {
  const { QueueUrl = '' } = JSON.parse(call.body.toString()) as { QueueUrl?: string };
  return QueueUrl.split('/').at(-1) ?? '';
}
