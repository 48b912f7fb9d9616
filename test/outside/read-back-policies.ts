import type { Aws } from './aws-cli.ts';
import { type Comparison, type Deployed, type Json, mapOfType } from './comparison.ts';

/** What a policy of a queue or topic says, of the resource with a name, in our template. */
export function policyOf({ resources }: Deployed, type: string, field: string, name: string): Json {
  const policies = Object.values(resources).filter(({ Type }) => Type === type);
  const own = policies.filter(({ Properties }) => Properties[field].includes(name));
  return own[0]?.Properties.PolicyDocument;
}

/** Whether a policy denies everybody what does not come by TLS. */
export function refusesPlainHttp(policy: Json | undefined): boolean {
  const statements: Json[] = policy?.['Statement'] ?? [];
  return statements.some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Deny' &&
      (Principal?.AWS ?? Principal) === '*' &&
      Condition?.Bool?.['aws:SecureTransport'] === 'false',
  );
}

export async function topics(aws: Aws, deployed: Deployed): Promise<Comparison> {
  const expected = mapOfType(deployed, 'AWS::SNS::Topic', (_, arn) => ({
    policy: policyOf(deployed, 'AWS::SNS::TopicPolicy', 'Topics', arn),
    refusesPlainHttp: true,
  }));
  const answers = Object.keys(expected).map(async (arn) => {
    const args = ['sns', 'get-topic-attributes', '--topic-arn', arn];
    const { Attributes } = await aws<{ Attributes: Json }>(...args);
    const policy = JSON.parse(Attributes['Policy']);
    return [arn, { policy, refusesPlainHttp: refusesPlainHttp(policy) }];
  });
  return { what: 'topics', expected, aws: Object.fromEntries(await Promise.all(answers)) };
}

/** Who may invoke each function, and on whose behalf. */
export async function functionPolicies(aws: Aws, { resources }: Deployed): Promise<Comparison> {
  const permissions = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::Permission');
  const byFunction = Object.groupBy(permissions, ({ Properties }) => Properties.FunctionName);
  const answers = Object.keys(byFunction).map(async (arn) => {
    const { Policy } = await aws<{ Policy: string }>('lambda', 'get-policy', '--function-name', arn);
    const statements: Json[] = JSON.parse(Policy).Statement;
    const told = statements.map(({ Effect, Action, Principal, Condition }) => {
      const source = Condition?.ArnLike?.['AWS:SourceArn'];
      return [Effect, Action, Principal?.Service, source].join(' ');
    });
    return [arn, told.sort()];
  });
  const expected = Object.entries(byFunction).map(([arn, list = []]) => {
    const told = list.map(({ Properties: { Action, Principal, SourceArn } }) =>
      ['Allow', Action, Principal, SourceArn].join(' '),
    );
    return [arn, told.sort()];
  });
  return {
    what: 'policies of functions',
    expected: Object.fromEntries(expected),
    aws: Object.fromEntries(await Promise.all(answers)),
  };
}
