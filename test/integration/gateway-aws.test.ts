import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAwsEndpoint } from '../../local/gateway/aws-endpoint.ts';
import type { Listener } from '../../local/gateway/listen.ts';
import { type HostedForTest, hostSources } from '../support/hosted-functions.ts';
import { folderForTests } from '../support/test-folder.ts';

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

const folder = folderForTests();
let functions: HostedForTest;
let endpoint: Listener;
let lambda: LambdaClient;
let secrets: SecretsManagerClient;
const reported: string[] = [];

beforeAll(async () => {
  functions = await hostSources({
    echo: 'export const handler = async (event: unknown) => event;',
    failing: "export const handler = async () => { throw new TypeError('not so'); };",
  });
  endpoint = await startAwsEndpoint({
    invoke: functions.invoke,
    functionNames: ['echo', 'failing'],
    secrets: { file: join(folder, 'secrets.json'), region: 'us-east-1', accountId: '000000000000' },
    report: (problem) => reported.push(problem),
  });
  const client = {
    endpoint: `http://127.0.0.1:${endpoint.port}`,
    region: 'us-east-1',
    credentials: CREDENTIALS,
  };
  lambda = new LambdaClient(client);
  secrets = new SecretsManagerClient(client);
});
afterAll(async () => {
  await endpoint.close();
  await functions.close();
});

describe('the Lambda client', () => {
  const invoke = (FunctionName: string, event: unknown, InvocationType?: 'Event') =>
    lambda.send(
      new InvokeCommand({
        FunctionName,
        Payload: JSON.stringify(event),
        ...(InvocationType === undefined ? {} : { InvocationType }),
      }),
    );

  it.each(['echo', 'arn:aws:lambda:us-east-1:000000000000:function:echo'])('invokes %s', async (name) => {
    const answer = await invoke(name, { a: 'ü' });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ a: 'ü' });
  });

  it('sees a function’s error as an answer that is marked so', async () => {
    const answer = await invoke('failing', {});
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'not so',
      trace: expect.arrayContaining([expect.stringContaining('failing.ts')]),
    });
  });

  it('does not wait for an event, whose failure is only reported', async () => {
    expect((await invoke('failing', {}, 'Event')).StatusCode).toBe(202);
    await expect.poll(() => reported.join()).toContain('not so');
  });

  it('is told of a function that does not exist', async () => {
    await expect(invoke('nope', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is told of an event that is too large', async () => {
    await expect(invoke('echo', 'x'.repeat(7_000_000))).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
  });

  it('is told of an event that is not JSON', async () => {
    const call = lambda.send(new InvokeCommand({ FunctionName: 'echo', Payload: '{' }));
    await expect(call).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });
});

describe('the Secrets Manager client', () => {
  const get = (SecretId: string) => secrets.send(new GetSecretValueCommand({ SecretId }));
  const keep = (values: Record<string, string>) =>
    writeFile(join(folder, 'secrets.json'), JSON.stringify(values), { mode: 0o600 });

  it('reads a secret by id or ARN, and a changed one at once', async () => {
    await keep({ 'gimletd/token': 'first' });
    const answer = await get('gimletd/token');
    expect(answer).toMatchObject({
      Name: 'gimletd/token',
      SecretString: 'first',
      VersionStages: ['AWSCURRENT'],
    });
    await keep({ 'gimletd/token': 'second' });
    expect((await get(answer.ARN ?? '')).SecretString).toBe('second');
  });

  it('is told of a secret that does not exist', async () => {
    await keep({});
    await expect(get('nope')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
