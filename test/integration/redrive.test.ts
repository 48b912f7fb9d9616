import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { makeSweeperRequests, type SweeperPorts } from '../../functions/sweeper/sweeper.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { sqsDeadLetters } from '../../shared/adapters/sqs/dead-letters.ts';
import type { QueueName } from '../../shared/messages/mark.ts';
import { redriveAnswer } from '../../shared/messages/sweeper-invocation.ts';
import { targetMark } from '../../shared/release/target-mark.ts';
import type { Embedded } from '../support/embedded.ts';
import { storesForTests } from '../support/services-for-tests.ts';
import { accept, artifactDocument, holdBy, markOf, receive, type Stores } from '../support/stores.ts';

let embedded: Embedded;
let stores: Stores;
storesForTests((given) => {
  ({ embedded, stores } = given);
});

function requests(clock = Date.now) {
  const deadLetters = sqsDeadLetters({ queueUrls: embedded.dlqUrls, client: embedded.sqsClient });
  const ports: SweeperPorts = { ...stores, deadLetters, clock };
  return makeSweeperRequests(ports);
}

const redrive = async () => redriveAnswer.parse(await requests()({ ask: 'redrive' }));

async function bury(queue: QueueName, body: string): Promise<void> {
  const group =
    queue === 'gitops-writes' ? { MessageGroupId: 'g', MessageDeduplicationId: body.slice(0, 9) } : {};
  const command = new SendMessageCommand({ QueueUrl: embedded.dlqUrls[queue], MessageBody: body, ...group });
  await embedded.sqsClient.send(command);
}

describe('a redrive', () => {
  it('sends at once what was sent in vain, long before it is due', async () => {
    const artifact = await accept(stores, artifactDocument({ id: 'lost-1' }));
    await receive(embedded, 'events');
    expect(await redrive()).toMatchObject({ sent: 1 });
    expect(await receive(embedded, 'events')).toEqual([{ type: 'artifact', artifactId: 'lost-1' }]);
    expect(await markOf(stores, keys.artifact(artifact.id))).toMatchObject({ sends: 2 });
    await stores.artifacts.markDecided(artifact);
  });

  it('leaves alone what waits for a time of its own', async () => {
    const target = { app: 'held', env: 'staging' };
    const until = Date.now() + 3_600_000;
    await stores.targets.hold(target, holdBy('jane', 'freeze', until), targetMark(target, until, Date.now()));
    expect(await redrive()).toMatchObject({ sent: 0 });
    expect(await markOf(stores, keys.target(target))).toMatchObject({ sends: 0, dueAt: until });
  });

  it('takes away dead letters that the table makes needless, and keeps those that nobody understands', async () => {
    for (let n = 0; n < 12; n += 1) {
      await bury('events', JSON.stringify({ type: 'artifact', artifactId: `artifact-${n}` }));
    }
    await bury('events', 'no JSON');
    await bury('gitops-writes', JSON.stringify({ type: 'write', releaseId: 'rel-1' }));
    await bury('render-requests', JSON.stringify({ type: 'write', releaseId: 'of another queue' }));
    const before = await requests()({ ask: 'backlog' });
    expect(before).toMatchObject({ deadLetters: { events: 13, 'gitops-writes': 1, 'render-requests': 1 } });
    const { removed, kept } = await redrive();
    expect(removed).toBe(13);
    expect(kept.map(({ queue, body }) => `${queue} ${body}`).sort()).toEqual([
      'events no JSON',
      'render-requests {"type":"write","releaseId":"of another queue"}',
    ]);
    const { deadLetters } = (await requests()({ ask: 'backlog' })) as { deadLetters: unknown };
    // Those that are kept are hidden for a while from the next reader.
    expect(deadLetters).toMatchObject({ events: 0, 'gitops-writes': 0 });
  });
});
