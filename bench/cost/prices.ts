import { QUEUES } from '../../shared/contract/queues.ts';

/**
 * List prices in US dollars, us-east-1, of the first tier; no free tier, no discount. All that the cost table rests on
 * beside what was measured.
 *
 * AWS publishes them as a file for each service, version and region (its date is in the version):
 * https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/SERVICE/VERSION/us-east-1/index.json
 * What stands beside a price follows `/aws/` there. The files themselves were not read for this one: on 2026-11-30 each
 * price was held against stored copies of public pages that quote its file, by its version or as it was on a day, and
 * against the other page that is named. Where there was less than that, it says so.
 */
export const PRICES = {
  /**
   * DynamoDB on demand, a million request units.
   * AmazonDynamoDB, as of 2026-05-13; https://airbyte.com/data-engineering-resources/dynamodb-pricing (July 2025)
   */
  readUnits: 0.125,
  writeUnits: 0.625,
  /**
   * A GB and month of the table.
   * AmazonDynamoDB, as of 2026-05-13; no other page.
   */
  storage: 0.25,
  /**
   * A GB and month of point-in-time recovery.
   * AmazonDynamoDB, but quoted for us-west-2 (2026); for us-east-1 only in tables of 2026 that name no file.
   */
  recovery: 0.2,
  /**
   * Lambda: a million invocations; a GB-second on either processor.
   * AWSLambda, as of 2026-09-19; https://cloudchipr.com/blog/aws-lambda-pricing (2024; GB-seconds only)
   */
  invocations: 0.2,
  gbSeconds: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  /**
   * HTTP API, a million requests.
   * AmazonApiGateway, as of 2026-09-21; https://awsforengineers.com/blog/aws-api-gateway-pricing-explained (May 2025)
   */
  requests: 1,
  /**
   * SQS, a million requests.
   * AWSQueueService/20250828200713; https://cloudburn.io/blog/amazon-sqs-pricing (March 2026)
   */
  queueRequests: { standard: 0.4, fifo: 0.5 },
  /**
   * CloudWatch: a GB of logs taken in, and kept a month; a metric a month.
   * AmazonCloudWatch/20260831092148; https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/
   * (June 2026; logs taken in only), https://signoz.io/guides/cloudwatch-pricing (February 2026; metrics)
   */
  logs: 0.5,
  logStorage: 0.03,
  metric: 0.3,
  /** An alarm of one metric, a month. AmazonCloudWatch/20260831092148; no other page. */
  alarm: 0.1,
  /**
   * A dashboard a month, the same in all regions.
   * AmazonCloudWatch/20260831092148, the file without a region; the page of factualminds.com above.
   */
  dashboard: 3,
  /**
   * A secret a month; what asks for it is not counted.
   * AWSSecretsManager/20260831092330; https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms
   */
  secret: 0.4,
} as const;

/** Lambda asks each queue, with five pollers that wait 20 seconds; a month of 30 days. */
const POLLS = 5 * 3 * 60 * 24 * 30;
const FIFO_QUEUES = Object.values(QUEUES).filter(({ fifo }) => fifo).length;

/** What runs all the time, whatever is pushed; a month of 30 days. */
export const ALWAYS = {
  /** The sweeper, every minute: an invocation and a query for each shard of the due index. */
  sweeps: 60 * 24 * 30,
  sweepReadUnits: 2,
  sweepMs: 20,
  polls: {
    standard: (Object.keys(QUEUES).length - FIFO_QUEUES) * POLLS,
    fifo: FIFO_QUEUES * POLLS,
  },
} as const;
