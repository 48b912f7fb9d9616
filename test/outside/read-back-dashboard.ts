import type { Aws } from './aws-cli.ts';
import { type Comparison, type Deployed, type Json, mapOfType } from './comparison.ts';

/** The dashboards, and whether they show everything that they are to show, by the names that AWS gave. */
export async function dashboards(aws: Aws, deployed: Deployed): Promise<Comparison[]> {
  const told = mapOfType(deployed, 'AWS::CloudWatch::Dashboard', ({ Properties }) => Properties);
  const bodies = Object.values(told).map(({ DashboardName, DashboardBody }) => [
    DashboardName,
    DashboardBody,
  ]);
  const answers = bodies.map(async ([name]) => {
    const args = ['cloudwatch', 'get-dashboard', '--dashboard-name', name];
    const { DashboardBody } = await aws<{ DashboardBody: string }>(...args);
    return [name, JSON.parse(DashboardBody)] as const;
  });
  const answered = await Promise.all(answers);
  return [
    {
      what: 'dashboards',
      expected: Object.fromEntries(bodies.map(([name, body]) => [name, JSON.parse(body)])),
      aws: Object.fromEntries(answered),
    },
    {
      what: 'what dashboards show',
      expected: {
        FunctionName: namesOf(deployed, 'AWS::Lambda::Function'),
        QueueName: namesOf(deployed, 'AWS::SQS::Queue'),
        ApiId: namesOf(deployed, 'AWS::ApiGatewayV2::Api'),
      },
      aws: dimensions(answered.flatMap(([, { widgets }]) => widgets)),
    },
  ];
}

/** A queue's `Ref` is its URL, which ends with its name. */
function namesOf(deployed: Deployed, type: string): string[] {
  const refs = Object.keys(mapOfType(deployed, type, () => true));
  return refs.map((ref) => ref.slice(ref.lastIndexOf('/') + 1)).sort();
}

/** Dimension of AWS's own metrics → the values that widgets ask for; a metric is an array of texts, options last. */
function dimensions(widgets: readonly Json[]): Json {
  const metrics: unknown[][] = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const pairs = metrics
    .filter(([namespace]) => String(namespace).startsWith('AWS/'))
    .map(([, , dimension, value]) => [String(dimension), String(value)] as const);
  const byDimension = Map.groupBy(pairs, ([dimension]) => dimension);
  return Object.fromEntries(
    [...byDimension].map(([dimension, list]) => [
      dimension,
      [...new Set(list.map(([, value]) => value))].sort(),
    ]),
  );
}
