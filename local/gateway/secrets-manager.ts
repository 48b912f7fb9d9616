import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import type { RequestHandler } from './listen.ts';
import { readBody } from './read-body.ts';

export interface SecretsManagerOptions {
  /** JSON file, id → value; read for each call, so that a changed secret is there at once. */
  readonly file: string;
  readonly region: string;
  readonly accountId: string;
}

const MAX_BODY_BYTES = 64 * 1024;

/** Secrets Manager's GetSecretValue, for the AWS SDK's client. */
export function secretsManager(options: SecretsManagerOptions): RequestHandler {
  return async (request, response) => {
    const body = await readBody(request, MAX_BODY_BYTES);
    const action = request.headers['x-amz-target'];
    if (action !== 'secretsmanager.GetSecretValue')
      return refuse(response, 'InvalidRequestException', `The local Secrets Manager has no ${action}`);
    const id = secretId(body);
    if (id === undefined) return refuse(response, 'InvalidParameterException', 'SecretId is missing');
    const value = (await readSecrets(options.file))[id];
    if (value === undefined)
      return refuse(
        response,
        'ResourceNotFoundException',
        "Secrets Manager can't find the specified secret.",
      );
    send(response, 200, {
      ARN: `arn:aws:secretsmanager:${options.region}:${options.accountId}:secret:${id}`,
      Name: id,
      SecretString: value,
      VersionId: randomUUID(),
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 0,
    });
  };
}

/** An id or an ARN. */
function secretId(body: Buffer | undefined): string | undefined {
  const { SecretId } = JSON.parse(body?.toString('utf8') || '{}') as { SecretId?: string };
  return SecretId?.replace(/^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:/, '');
}

async function readSecrets(file: string): Promise<Readonly<Record<string, string>>> {
  return JSON.parse(await readFile(file, 'utf8'));
}

function refuse(response: ServerResponse, type: string, message: string): void {
  send(response, 400, { __type: type, Message: message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response
    .writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() })
    .end(JSON.stringify(body));
}
