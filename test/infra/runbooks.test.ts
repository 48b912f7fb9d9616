import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { METRICS, type MetricSpec } from '../../shared/contract/metrics.ts';
import { FUNCTION_NAMES, ofType, synthesise } from './synthesised.ts';

const RUNBOOK = 'https://docs.example.com/operations';
const { operations } = synthesise({ runbookUrl: RUNBOOK, heartbeat: { env: 'staging' } });
const alarms = ofType(operations, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

/** Anchors of a page's headings, as renderers of Markdown make them. */
function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.match(/^#{1,6} .*$/gm) ?? [];
  return new Set(
    headings.map((heading) =>
      heading
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

describe('every alarm', () => {
  test('says where it is written what to do, and it is written there', () => {
    const anchors = anchorsOf(page);
    expect(alarms.length).toBeGreaterThan(2 * FUNCTION_NAMES.length);
    for (const { AlarmDescription } of alarms) {
      const [, anchor = 'none'] =
        /\. Runbook: https:\/\/docs\.example\.com\/operations#([\w-]+)$/.exec(AlarmDescription) ?? [];
      expect({ AlarmDescription, known: anchors.has(anchor) }).toEqual({ AlarmDescription, known: true });
    }
  });

  test('that is described belongs to an alarm that there is', () => {
    const described = page.slice(page.indexOf('## Alarms'), page.indexOf('## After an incident'));
    const linked = new Set(alarms.map(({ AlarmDescription }) => AlarmDescription.split('#').at(-1)));
    expect(new Set([...anchorsOf(described)].filter((anchor) => anchor !== 'alarms'))).toEqual(linked);
  });
});

describe('metrics of the product', () => {
  const own = alarms.filter(({ Namespace }) => Namespace === 'gimletd-test');
  const dashboard = JSON.stringify(ofType(operations, 'AWS::CloudWatch::Dashboard'));

  test('that alarms watch are recorded by the function that they name', () => {
    const specs: Readonly<Record<string, MetricSpec>> = METRICS;
    const fromLogs = ['PausedRepos', 'NotificationsGivenUp', 'HeartbeatsCommitted'];
    const watched = own.filter(({ MetricName }) => !fromLogs.includes(MetricName));
    expect(watched.length).toBeGreaterThan(3);
    for (const { MetricName, Dimensions } of watched) {
      const [{ Name, Value }] = Dimensions;
      expect(Name).toBe('service');
      expect(specs[MetricName]?.by.map((name) => `gimletd-${name}`)).toContain(Value);
    }
  });

  test('are all on the dashboard', () => {
    for (const name of Object.keys(METRICS)) expect(dashboard).toContain(name);
  });

  test('hold the product to its objectives, over a day', () => {
    expect(own).toContainEqual(
      expect.objectContaining({
        MetricName: 'AcceptLatency',
        ExtendedStatistic: 'PR(0:1000)',
        Threshold: 99.9,
        Period: 86_400,
        ComparisonOperator: 'LessThanThreshold',
      }),
    );
    expect(own).toContainEqual(
      expect.objectContaining({
        MetricName: 'CommitLatency',
        ExtendedStatistic: 'PR(0:60000)',
        Threshold: 95,
        Period: 86_400,
        ComparisonOperator: 'LessThanThreshold',
      }),
    );
  });
});
