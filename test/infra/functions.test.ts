import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { adminEnv } from '../../functions/admin/env.ts';
import { artifactsEnv } from '../../functions/artifacts/env.ts';
import { authorizerEnv } from '../../functions/authorizer/env.ts';
import { chartsEnv } from '../../functions/charts/env.ts';
import { docsEnv } from '../../functions/docs/env.ts';
import { notifierEnv } from '../../functions/notifier/env.ts';
import { policyEnv } from '../../functions/policy/env.ts';
import { releasesEnv } from '../../functions/releases/env.ts';
import { rendererEnv } from '../../functions/renderer/env.ts';
import { sweeperEnv } from '../../functions/sweeper/env.ts';
import { writerEnv } from '../../functions/writer/env.ts';
import { heartbeatRequest } from '../../shared/artifact/heartbeat.ts';
import { parseSettings } from '../../shared/contract/deployed-settings.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/contract/functions.ts';
import {
  FUNCTION_NAMES,
  lambdaOf,
  ofType,
  resolved,
  SETTINGS,
  synthesise,
  theOne,
  variablesOf,
} from './synthesised.ts';

const SCHEMAS: Record<FunctionName, z.ZodObject> = {
  authorizer: authorizerEnv,
  artifacts: artifactsEnv,
  releases: releasesEnv,
  admin: adminEnv,
  docs: docsEnv,
  policy: policyEnv,
  renderer: rendererEnv,
  charts: chartsEnv,
  writer: writerEnv,
  notifier: notifierEnv,
  sweeper: sweeperEnv,
};

const { service } = synthesise();
const FUNCTION = 'AWS::Lambda::Function';

describe.each(FUNCTION_NAMES)('the function %s', (name) => {
  const { Properties } = lambdaOf(service, name);

  test('has the memory, time and processor of the contract, on Node 24', () => {
    const { timeoutSeconds, memoryMb, architecture } = FUNCTIONS[name];
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: timeoutSeconds,
      MemorySize: memoryMb,
      Architectures: [architecture],
    });
  });

  test('is given the variables that it asks for, and no other', () => {
    const environment = variablesOf(service, name);
    const { error } = z.strictObject(SCHEMAS[name].shape).safeParse(environment);
    expect(error?.issues ?? []).toEqual([]);
  });

  test('has a role and a log of its own, and the log is not kept for ever', () => {
    expect(resolved(Properties.Role)).toMatch(new RegExp(`^${name}Role.*\\.Arn$`));
    const [id, log] = theOne(service, 'AWS::Logs::LogGroup', new RegExp(`^${name}Log`));
    expect(resolved(Properties.LoggingConfig.LogGroup)).toBe(id);
    expect(log.Properties.RetentionInDays).toBe(30);
  });
});

test('there is no function beside those of the contract', () => {
  expect(ofType(service, FUNCTION)).toHaveLength(FUNCTION_NAMES.length);
});

test('the renderer alone has helm, and alone runs on the processor that helm is built for', () => {
  const withLayers = FUNCTION_NAMES.filter((name) => lambdaOf(service, name).Properties.Layers?.length > 0);
  const x86 = FUNCTION_NAMES.filter(
    (name) => lambdaOf(service, name).Properties.Architectures[0] === 'x86_64',
  );
  expect(withLayers).toEqual(['renderer']);
  expect(x86).toEqual(['renderer']);
});

test('functions read the settings that the operator wrote', () => {
  expect(parseSettings(variablesOf(service, 'policy')['SETTINGS'] ?? '')).toEqual(
    parseSettings(JSON.stringify(SETTINGS)),
  );
});

test('the charts function takes charts from the hosts of the stage', () => {
  const other = synthesise({ chartHosts: ['charts.example.com', 'ghcr.io'] });
  expect(variablesOf(other.service, 'charts')['CHART_HOSTS']).toBe('charts.example.com,ghcr.io');
});

describe('writers at once', () => {
  const reserved = (stage: Record<string, unknown>) =>
    lambdaOf(synthesise(stage).service, 'writer').Properties.ReservedConcurrentExecutions;

  test('are one unless the settings say more', () => {
    expect(reserved({})).toBe(1);
    expect(reserved({ settings: { ...SETTINGS, writerLanes: 3 } })).toBe(3);
  });

  test('are left to the FIFO groups in an account that may reserve nothing', () => {
    expect(reserved({ reserveWriterConcurrency: false })).toBeUndefined();
  });
});

test.each([
  [/^EveryMinute/, 'rate(1 minute)', 'sweeper', undefined],
  [/^EveryDay/, 'rate(1 day)', 'writer', '{"ask":"keep-audit-head"}'],
])('what runs by itself: %s, %s', (id, rate, name, input) => {
  const [, { Properties }] = theOne(service, 'AWS::Events::Rule', id);
  expect(Properties).toMatchObject({ ScheduleExpression: rate, State: 'ENABLED' });
  expect(
    Properties.Targets.map(({ Arn, Input }: { Arn: unknown; Input?: string }) => [resolved(Arn), Input]),
  ).toEqual([[expect.stringMatching(new RegExp(`^${name}Function.*\\.Arn$`)), input]]);
});

describe('heartbeats', () => {
  const HEARTBEAT = /^Heartbeat/;

  test('are off unless the stage asks for them', () => {
    const ids = ofType(service, 'AWS::Events::Rule').map(([id]) => id);
    expect(ids.filter((id) => HEARTBEAT.test(id))).toEqual([]);
  });

  test('are asked of the function that accepts artifacts, each by the time when it is due', () => {
    const stage = synthesise({ heartbeat: { env: 'gimletd', everyMinutes: 30 } });
    const [, { Properties }] = theOne(stage.service, 'AWS::Events::Rule', HEARTBEAT);
    expect(Properties.ScheduleExpression).toBe('rate(30 minutes)');
    const [{ Arn, InputTransformer, RetryPolicy }] = Properties.Targets;
    expect(resolved(Arn)).toMatch(/^artifactsFunction.*\.Arn$/);
    expect(RetryPolicy.MaximumEventAgeInSeconds).toBe(1800);
    const [[name, path] = []] = Object.entries<string>(InputTransformer.InputPathsMap);
    expect(path).toBe('$.time');
    const sent = InputTransformer.InputTemplate.replace(`<${name}>`, '"2026-11-30T12:00:00Z"');
    expect(heartbeatRequest.parse(JSON.parse(sent))).toEqual({
      ask: 'heartbeat',
      env: 'gimletd',
      namespace: 'default',
      time: '2026-11-30T12:00:00Z',
    });
  });
});
