import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_AWS } from '../../local/embedded/local-aws.ts';
import { keys } from '../../shared/adapters/dynamodb/keys.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';

let server: Server;
let answer: { readonly status: number; readonly type: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${answer.type}`, message: 'no' }),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});
afterAll(() => new Promise((closed) => server.close(closed)));

/** A table that answers every request so. */
function ask(status: number, type: string): Promise<unknown> {
  answer = { status, type };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ ...LOCAL_AWS, endpoint, maxAttempts: 1 });
  const table = new TableClient('table', () => ({ function: 'artifacts' }), client);
  return table.get(keys.target({ app: 'a', env: 'e' })).finally(() => client.destroy());
}

describe('what the table answers', () => {
  it.each([
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'ThrottlingException'],
    [400, 'RequestLimitExceeded'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ])('may pass: %i %s', async (status, type) => {
    await expect(ask(status, type)).rejects.toMatchObject({ kind: 'transient', code: 'table-unavailable' });
  });

  it.each([
    [400, 'ResourceNotFoundException'],
    [400, 'AccessDeniedException'],
    [400, 'ValidationException'],
  ])('will not pass: %i %s', async (status, type) => {
    await expect(ask(status, type)).rejects.toMatchObject({ name: type });
  });
});
