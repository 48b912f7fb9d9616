import { Dashboard, GraphWidget, type IMetric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { FunctionName } from '../../shared/contract/functions.ts';
import { METRICS, type MetricName } from '../../shared/contract/metrics.ts';
import type { ServiceStack } from '../stacks/service.ts';
import { ownMetric } from './alarm-board.ts';

export interface StageDashboardProps {
  readonly name: string;
  /** Of the product's own metrics. */
  readonly namespace: string;
  readonly service: ServiceStack;
}

/** One page that tells how a stage is: the flow from top to bottom, then what carries it. */
export class StageDashboard extends Construct {
  readonly #namespace: string;

  constructor(scope: Construct, id: string, { name, namespace, service }: StageDashboardProps) {
    super(scope, id);
    this.#namespace = namespace;
    new Dashboard(this, 'Page', {
      dashboardName: name,
      widgets: [
        [new TextWidget({ markdown: OBJECTIVES, width: 24, height: 2 })],
        ...this.#flow(),
        ...carriers(service),
      ],
    });
  }

  #flow(): GraphWidget[][] {
    const latencies = ['p50', 'p95', 'p99.9'];
    return [
      [
        this.#counts('Flow', 'ArtifactsAccepted', 'DecisionsMade', 'ReleasesRendered', 'ReleasesCommitted'),
        this.#counts(
          'What else became of releases',
          'ReleasesUnchanged',
          'ReleasesSuperseded',
          'ReleasesFailed',
        ),
      ],
      [
        graph('Acceptance of an artifact, ms', this.#statistics('AcceptLatency', latencies)),
        graph('From acceptance to commit, ms', this.#statistics('CommitLatency', latencies)),
      ],
      [
        graph('Rendering, ms', this.#statistics('RenderDuration', ['p50', 'p95'])),
        this.#counts('Pushes', 'PushAttempts', 'PushConflicts'),
      ],
      [
        graph('Oldest release that is not written, s', this.#statistics('UnpublishedAge', ['max'])),
        graph('Sent again; longest overdue and unsealed, s', [
          ...this.#statistics('MessagesResent', ['sum']),
          ...this.#statistics('OverdueAge', ['max']),
          ...this.#statistics('AuditUnsealedAge', ['max']),
        ]),
      ],
    ];
  }

  #counts(title: string, ...names: MetricName[]): GraphWidget {
    return graph(
      title,
      names.flatMap((name) => this.#statistics(name, ['sum'])),
    );
  }

  /** A line for each statistic, and for each function that records it. */
  #statistics(name: MetricName, statistics: readonly string[]): IMetric[] {
    const functions: readonly FunctionName[] = METRICS[name].by;
    return functions.flatMap((by) =>
      statistics.map((statistic) =>
        ownMetric(this.#namespace, name, { statistic, by }).with({ label: `${name} ${by} ${statistic}` }),
      ),
    );
  }
}

const OBJECTIVES =
  '**Objectives**, of a day: 99.9 % of artifacts accepted within 1 s; 95 % of automatic releases committed within 60 s. ' +
  'What to do when one is missed, or an alarm starts: docs/operations.md.';

/** What AWS measures of the API, the queues and the functions. */
function carriers({ functions, queues, api }: ServiceStack): GraphWidget[][] {
  const lambdas = Object.values(functions).map(({ lambda }) => lambda);
  const works = Object.values(queues);
  const { httpApi } = api;
  return [
    [
      graph('Requests', [httpApi.metricCount(), httpApi.metricClientError(), httpApi.metricServerError()]),
      graph('Latency of answers, ms', [
        httpApi.metricLatency({ statistic: 'p50' }),
        httpApi.metricLatency({ statistic: 'p99' }),
      ]),
    ],
    [
      graph(
        'Age of the oldest message, s',
        works.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage()),
      ),
      graph(
        'Dead letters',
        works.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible()),
      ),
    ],
    [
      graph(
        'Errors',
        lambdas.map((lambda) => lambda.metricErrors()),
      ),
      graph(
        'Duration, p99, ms',
        lambdas.map((lambda) => lambda.metricDuration({ statistic: 'p99' })),
      ),
    ],
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 12 });
}
