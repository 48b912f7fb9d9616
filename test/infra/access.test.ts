import { describe, expect, test } from 'vitest';
import { ITEM_KEYS } from '../../infra/access.ts';
import { type AuditedKey, type ChunkKind, type Key, keys } from '../../shared/adapters/dynamodb/keys.ts';
import type { FunctionName } from '../../shared/contract/functions.ts';
import { QUEUES } from '../../shared/contract/queues.ts';
import {
  FUNCTION_NAMES,
  isLike,
  lambdaOf,
  ofType,
  permissions,
  resolved,
  type Statement,
  synthesise,
} from './synthesised.ts';

/** Names of the keys whose items carry an audit log. */
type AuditedName = {
  [Name in keyof typeof keys]: ReturnType<(typeof keys)[Name]> extends AuditedKey ? Name : never;
}[keyof typeof keys];

const { service } = synthesise();
const allowed = permissions(service);

/** The functions that may do something to a resource whose reference matches. */
function whoMay(action: RegExp, resource: RegExp): FunctionName[] {
  const fits = ({ actions, resources }: Statement) =>
    actions.some((a) => action.test(a)) && resources.some((r) => resource.test(r));
  return FUNCTION_NAMES.filter((name) => allowed[name].some(fits));
}

/** Keys of the items that a function may put or update. */
function writesOf(name: FunctionName): string[] {
  return allowed[name]
    .filter(({ actions }) => actions.some((action) => /^dynamodb:(Put|Update)Item$/.test(action)))
    .flatMap(({ keys }) => keys ?? ['*'])
    .sort();
}

describe('secrets', () => {
  test('of git are read by the writer alone', () => {
    expect(whoMay(/./, /GitToken/)).toEqual(['writer']);
  });

  test('that sign commits are read by the writer alone', () => {
    expect(whoMay(/./, /SigningKey/)).toEqual(['writer']);
  });

  test('of charts are read by the function that fetches them alone', () => {
    expect(whoMay(/./, /ChartCredentials/)).toEqual(['charts']);
  });

  test('of notifications are read by the function that sends them alone', () => {
    expect(whoMay(/./, /NotificationSecrets/)).toEqual(['notifier']);
  });

  test('are out of the renderer’s reach, since it runs strangers’ templates', () => {
    expect(whoMay(/^secretsmanager:|^ssm:|^kms:/, /./)).not.toContain('renderer');
  });

  test('are only read, never listed or changed', () => {
    const actions = FUNCTION_NAMES.flatMap((name) => allowed[name].flatMap((s) => s.actions));
    const ofSecrets = actions.filter((action) => action.startsWith('secretsmanager:'));
    expect(new Set(ofSecrets)).toEqual(new Set(['secretsmanager:GetSecretValue']));
  });
});

describe('the table', () => {
  test('gives the authorizer tokens to read, and nothing to change but when they were used', () => {
    expect(writesOf('authorizer')).toEqual(['TOKENUSE#*']);
    const queries = allowed.authorizer.filter(({ actions }) => actions.includes('dynamodb:Query'));
    expect(queries.map(({ keys }) => keys)).toEqual([['TRUST']]);
  });

  test('takes tokens that read one artifact from where artifacts are pushed, which can make no other', () => {
    expect(FUNCTION_NAMES.filter((name) => writesOf(name).includes('READTOKEN#*'))).toEqual(['artifacts']);
  });

  test('has tokens that nobody makes but the function that admins ask', () => {
    // The sweeper notes in them what of their audit log it has sealed; it can't put one.
    const makers = FUNCTION_NAMES.filter((name) => writesOf(name).includes('TOKEN#*'));
    expect(makers).toEqual(['admin', 'sweeper']);
  });

  test('is never scanned, and is changed item by item only', () => {
    const used = FUNCTION_NAMES.flatMap((name) => allowed[name].flatMap(({ actions }) => actions));
    expect(new Set(used.filter((action) => action.startsWith('dynamodb:')))).toEqual(
      new Set(
        ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'].map((name) => `dynamodb:${name}`),
      ),
    );
  });

  test('loses nothing to a function: an item goes with its log, so nobody deletes', () => {
    expect(whoMay(/^dynamodb:DeleteItem$/, /./)).toEqual([]);
  });

  test('is open to each function by kinds of items only, never as a whole', () => {
    const onTable = FUNCTION_NAMES.flatMap((name) => allowed[name])
      .filter(({ resources }) => resources.some((resource) => /Table[^/]*$/.test(resource)))
      .map(({ keys }) => keys);
    expect(onTable.length).toBeGreaterThan(0);
    expect(onTable).not.toContain(undefined);
  });

  test('takes rendered files from the renderer, but no request, target, artifact, chart or control', () => {
    expect(writesOf('renderer')).toEqual(['BUNDLE#*', 'RELEASE#*', 'RENDER#*']);
    expect(writesOf('charts')).toEqual(['CHART#*', 'CHARTPIN#*']);
  });

  test('has its policies, controls and settings changed by the function that people manage them with, and no other', () => {
    // The sweeper notes in them what of their audit log it has sealed.
    for (const kind of ['POLICY#*', 'CONTROLS#*', 'SETTINGS', 'TRUST']) {
      expect(FUNCTION_NAMES.filter((name) => writesOf(name).includes(kind))).toEqual(['admin', 'sweeper']);
    }
  });

  test('has only kinds of items that access is given by', () => {
    const id = 'x#y';
    const made: Record<keyof typeof keys, Key> = {
      artifact: keys.artifact(id),
      artifactLink: keys.artifactLink(id, id),
      artifactMonth: keys.artifactMonth('2026-11'),
      decisions: keys.decisions(id, id, 0),
      artifactOrder: keys.artifactOrder(id, 1),
      repositoryOrder: keys.repositoryOrder(id),
      chunk: keys.chunk('BODY', id, 0),
      chartPin: keys.chartPin({ repository: id, name: 'onechart', version: '0.32.0' }),
      render: keys.render(id),
      target: keys.target({ app: id, env: id }),
      release: keys.release(id),
      commit: keys.commit(id),
      request: keys.request(id),
      journal: keys.journal(id, id),
      pause: keys.pause(id, id),
      notice: keys.notice(id),
      delivery: keys.delivery(id, id),
      gitServer: keys.gitServer(id),
      branch: keys.branch({ repository: id, branch: id }),
      targetPolicies: keys.targetPolicies({ app: id, env: id }),
      environmentControls: keys.environmentControls(id),
      settings: keys.settings(1),
      globalControls: keys.globalControls(),
      token: keys.token(id),
      tokenUse: keys.tokenUse(id),
      auditBlock: keys.auditBlock(1),
      auditLedger: keys.auditLedger(),
      trust: keys.trust(id),
      identity: keys.identity(id, id),
      readToken: keys.readToken(id),
    };
    const chunks: Record<ChunkKind, Key> = {
      BODY: keys.chunk('BODY', id, 0),
      BUNDLE: keys.chunk('BUNDLE', id, 0),
      CHART: keys.chunk('CHART', id, 0),
    };
    for (const { pk } of [...Object.values(made), ...Object.values(chunks)]) {
      const kinds = Object.values(ITEM_KEYS).filter((pattern) => isLike(pk, pattern));
      expect({ pk, kinds }).toEqual({ pk, kinds: [expect.any(String)] });
    }
  });

  test('has its audit chain put by the sweeper alone, and never updated or deleted by anybody', () => {
    const mayDo = (action: string, key: string) =>
      FUNCTION_NAMES.filter((name) =>
        allowed[name].some(({ actions, keys: kinds = [] }) => {
          return actions.includes(`dynamodb:${action}`) && kinds.some((kind) => isLike(key, kind));
        }),
      );
    const { pk } = keys.auditBlock(1);
    expect(mayDo('PutItem', pk)).toEqual(['sweeper']);
    expect(mayDo('UpdateItem', pk)).toEqual([]);
    expect(mayDo('DeleteItem', pk)).toEqual([]);
  });

  test('lets the sweeper note in every item with an audit log that its entries are sealed', () => {
    const id = 'x#y';
    const logs: Record<AuditedName, Key> = {
      artifact: keys.artifact(id),
      target: keys.target({ app: id, env: id }),
      release: keys.release(id),
      request: keys.request(id),
      pause: keys.pause(id, id),
      branch: keys.branch({ repository: id, branch: id }),
      targetPolicies: keys.targetPolicies({ app: id, env: id }),
      environmentControls: keys.environmentControls(id),
      globalControls: keys.globalControls(),
      settings: keys.settings(1),
      token: keys.token(id),
      trust: keys.trust(id),
    };
    const updates = allowed.sweeper.filter(({ actions }) => actions.includes('dynamodb:UpdateItem'));
    const kinds = updates.flatMap(({ keys: of }) => of ?? []);
    const lacking = Object.values(logs).filter(({ pk }) => !kinds.some((kind) => isLike(pk, kind)));
    expect(lacking).toEqual([]);
  });

  test('is asked for what is due or unsealed by the sweeper alone, which asks for nothing else', () => {
    expect(whoMay(/./, /index\/due/)).toEqual(['sweeper']);
    expect(whoMay(/./, /index\/audit/)).toEqual(['sweeper']);
    const queries = allowed.sweeper.filter(({ actions }) => actions.includes('dynamodb:Query'));
    const indexes = queries.flatMap(({ resources, keys: kinds }) => (kinds ? [] : resources));
    expect(indexes).toEqual([
      expect.stringMatching(/\/index\/audit$/),
      expect.stringMatching(/\/index\/due$/),
    ]);
  });
});

describe('queues', () => {
  test('are written by those whose variables name them, and by no other', () => {
    for (const name of FUNCTION_NAMES) {
      const variables = lambdaOf(service, name).Properties.Environment?.Variables ?? {};
      const named = Object.entries(variables).flatMap(([key, value]) =>
        key.endsWith('_QUEUE_URL') ? [`${resolved(value)}.Arn`] : [],
      );
      const sends = allowed[name].filter(({ actions }) => actions.includes('sqs:SendMessage'));
      expect({ name, to: sends.flatMap(({ resources }) => resources).sort() }).toEqual({
        name,
        to: named.sort(),
      });
    }
  });

  test('are read by their consumers alone', () => {
    for (const [queue, { consumer }] of Object.entries(QUEUES)) {
      const arn = new RegExp(`^${queue.replaceAll('-', '')}Queue`);
      expect(whoMay(/^sqs:ReceiveMessage$/, arn)).toEqual([consumer]);
    }
  });
});

describe('dead letters', () => {
  test('are read and taken away by the sweeper alone', () => {
    expect(whoMay(/./, /DeadLetters/)).toEqual(['sweeper']);
    const actions = allowed.sweeper.flatMap((one) =>
      one.resources.some((arn) => /DeadLetters/.test(arn)) ? one.actions : [],
    );
    expect(actions.sort()).toEqual(['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage']);
  });
});

describe('functions', () => {
  test('of charts are invoked by the renderer alone', () => {
    expect(whoMay(/^lambda:/, /^chartsFunction/)).toEqual(['renderer']);
    const invokers = ofType(service, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
      resolved(Properties.FunctionName),
    );
    expect(invokers.filter((id) => id.startsWith('chartsFunction'))).toEqual([]);
  });

  test('that render are invoked by those that check and dry-run alone', () => {
    expect(whoMay(/^lambda:/, /^rendererFunction/)).toEqual(['artifacts', 'releases']);
  });

  test('that operators have do something out of turn are invoked by the admin function alone', () => {
    expect(whoMay(/^lambda:/, /^(sweeper|writer)Function/)).toEqual(['admin']);
  });

  test('have no policies that AWS wrote', () => {
    for (const [, { Properties }] of ofType(service, 'AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  test('are allowed actions and resources by name, never by `*`', () => {
    for (const { actions, resources } of FUNCTION_NAMES.flatMap((name) => allowed[name])) {
      expect([...actions, ...resources].filter((text) => text.includes('*'))).toEqual([]);
    }
  });
});
