import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ITEM_KEYS } from '../../infra/access.ts';
import { iamResources, roleLines, roleProblems } from './roles.ts';
import { ofType, type Resources, synthesise } from './synthesised.ts';

const LOCK = new URL('roles.txt', import.meta.url);
const { service } = synthesise();

interface Statement {
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}
interface Mutant {
  readonly name: string;
  readonly resources: Resources;
}
type Draft = Record<string, { Type: string; Properties: Record<string, unknown> }>;

const ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Scan',
  'dynamodb:DeleteItem',
  'dynamodb:PutItem',
  'dynamodb:*',
  'sqs:SendMessage',
  'sqs:PurgeQueue',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
  'lambda:InvokeFunction',
  'lambda:UpdateFunctionCode',
  'iam:PassRole',
  'sts:AssumeRole',
  'kms:Decrypt',
  's3:GetObject',
  '*',
];
const policyIds = ofType(service, 'AWS::IAM::Policy').map(([id]) => id);
const roleIds = ofType(service, 'AWS::IAM::Role').map(([id]) => id);

/** A copy of the template that somebody has given a permission more. */
function mutate(name: string, change: (draft: Draft) => void): Mutant {
  const draft = structuredClone(service) as unknown as Draft;
  change(draft);
  return { name, resources: draft as unknown as Resources };
}

function statementsOf(draft: Draft, id: string): Statement[] {
  const document = draft[id]?.Properties['PolicyDocument'] as { Statement: Statement[] };
  return document.Statement;
}

/** Whether a statement is for all that another is for, under the same condition: the action of one is then the other's. */
function isAsWide(one: Statement, other: Statement | undefined): boolean {
  const [resources, wanted] = [one, other].map((statement) =>
    [statement?.Resource].flat().map((resource) => JSON.stringify(resource)),
  );
  return (
    JSON.stringify(one.Condition) === JSON.stringify(other?.Condition) &&
    (wanted ?? []).every((resource) => resources?.includes(resource))
  );
}

const aPolicy = fc.constantFrom(...policyIds);
const aRole = fc.constantFrom(...roleIds);
const anAction = fc.constantFrom(...ACTIONS);

const moreActions = fc
  .record({ id: aPolicy, at: fc.nat(), action: anAction })
  .filter(({ id, at, action }) => {
    const statements = statementsOf(service as unknown as Draft, id);
    const statement = statements[at % statements.length];
    return !statements.some((other) => [other.Action].flat().includes(action) && isAsWide(other, statement));
  })
  .map(({ id, at, action }) =>
    mutate(`${id}: ${action} beside`, (draft) => {
      const statements = statementsOf(draft, id);
      const statement = statements[at % statements.length];
      if (statement) statement.Action = [statement.Action, action].flat();
    }),
  );

const moreResources = fc
  .record({
    id: aPolicy,
    at: fc.nat(),
    resource: fc.constantFrom<unknown>('*', 'arn:aws:s3:::x', { Ref: 'Other' }),
  })
  .map(({ id, at, resource }) =>
    mutate(`${id}: on ${JSON.stringify(resource)} too`, (draft) => {
      const statements = statementsOf(draft, id);
      const statement = statements[at % statements.length];
      if (statement) statement.Resource = [statement.Resource, resource].flat();
    }),
  );

const bound = policyIds.flatMap((id) =>
  statementsOf(service as unknown as Draft, id).flatMap(({ Condition }, at) =>
    Condition ? [{ id, at }] : [],
  ),
);

const noCondition = fc.constantFrom(...bound).map(({ id, at }) =>
  mutate(`${id}: statement ${at} without its condition`, (draft) => {
    delete statementsOf(draft, id)[at]?.Condition;
  }),
);

const moreItems = fc
  .record({
    where: fc.constantFrom(...bound),
    kind: fc.constantFrom('*', 'NEW#*', ...Object.values(ITEM_KEYS)),
  })
  .filter(({ where, kind }) => {
    const condition = statementsOf(service as unknown as Draft, where.id)[where.at]?.Condition;
    return ![condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys']].flat().includes(kind);
  })
  .map(({ where: { id, at }, kind }) =>
    mutate(`${id}: items ${kind} too`, (draft) => {
      const like = statementsOf(draft, id)[at]?.Condition?.['ForAllValues:StringLike'];
      if (like) like['dynamodb:LeadingKeys'] = [like['dynamodb:LeadingKeys'], kind].flat();
    }),
  );

const newStatement = fc.record({ id: aPolicy, action: anAction }).map(({ id, action }) =>
  mutate(`${id}: a statement more, ${action}`, (draft) => {
    statementsOf(draft, id).push({ Action: action, Resource: 'arn:aws:s3:::new' });
  }),
);

const withMore = (name: string, value: unknown) =>
  aRole.map((id) =>
    mutate(`${id}: ${name}`, (draft) => {
      const role = draft[id];
      if (role) role.Properties[name] = value;
    }),
  );

const otherPrincipal = aRole.map((id) =>
  mutate(`${id}: assumed by another`, (draft) => {
    const document = draft[id]?.Properties['AssumeRolePolicyDocument'] as { Statement: unknown[] };
    document.Statement.push({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '*' } });
  }),
);

const sharedPolicy = fc.record({ id: aPolicy, role: aRole }).map(({ id, role }) =>
  mutate(`${id}: for ${role} too`, (draft) => {
    const policy = draft[id];
    const roles = policy?.Properties['Roles'] as { Ref: string }[];
    if (policy && roles[0]?.Ref !== role) policy.Properties['Roles'] = [...roles, { Ref: role }];
    // Its own role again would give nobody anything.
    else draft['Extra'] = { Type: 'AWS::IAM::ManagedPolicy', Properties: { Roles: [{ Ref: role }] } };
  }),
);

const MUTATIONS = {
  'an action beside others': moreActions,
  'a resource beside others': moreResources,
  'a condition left out': noCondition,
  'a kind of items beside others': moreItems,
  'a statement more': newStatement,
  'a policy that AWS wrote': withMore('ManagedPolicyArns', ['arn:aws:iam::aws:policy/ReadOnlyAccess']),
  'a policy in the role itself': withMore('Policies', [{ PolicyName: 'x', PolicyDocument: {} }]),
  'somebody else who may assume it': otherPrincipal,
  'the policy of another': sharedPolicy,
};

const known = existsSync(LOCK) ? readFileSync(LOCK, 'utf8').trimEnd().split('\n') : [];

describe('what roles allow', () => {
  /** A change that is meant: `npm test -- test/infra/role-lock.test.ts -u`; its diff is what a reviewer reads. */
  test('is what test/infra/roles.txt says', async () => {
    await expect(`${roleLines(service).join('\n')}\n`).toMatchFileSnapshot(LOCK.pathname);
  });

  test('is told of every role and policy that there is', () => {
    expect(iamResources(service).length).toBe(roleIds.length + policyIds.length);
    expect(roleProblems(service, known)).toEqual([]);
  });

  test.each(Object.entries(MUTATIONS))('can’t become more by %s, whichever role it is', (_name, mutants) => {
    fc.assert(
      fc.property(mutants, ({ name, resources }) => {
        expect({
          name,
          found: roleProblems(resources, known).some((line) => line.startsWith('new: ')),
        }).toEqual({
          name,
          found: true,
        });
      }),
      { numRuns: 60 },
    );
  });
});
