import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Region and account that moto answers for. */
export const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

/** Runs `aws` with arguments, and gives the JSON that it prints; fails with what it says. */
export type Aws = <Answer>(...args: readonly string[]) => Promise<Answer>;

/** The `aws` CLI at an endpoint, with invented credentials: those of the machine, and its settings, are not read. */
export function awsCli(endpoint: string): Aws {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const env = {
    ...Object.fromEntries(own),
    AWS_ACCESS_KEY_ID: 'invented',
    AWS_SECRET_ACCESS_KEY: 'invented',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_DEFAULT_REGION: REGION,
    AWS_DEFAULT_OUTPUT: 'json',
    AWS_PAGER: '',
    AWS_ENDPOINT_URL: endpoint,
  };
  return async (...args) => {
    const command = [...args, '--endpoint-url', endpoint];
    const { stdout } = await execute('aws', command, { env, maxBuffer: 1 << 26 }).catch((error) => {
      throw new Error(`aws ${args.slice(0, 2).join(' ')}: ${error.stderr || error.message}`, {
        cause: error,
      });
    });
    return JSON.parse(stdout.trim().startsWith('{') ? stdout : '{}');
  };
}
