import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  FunctionError,
  PayloadTooLargeError,
  UnknownFunctionError,
} from '../../local/host/function-error.ts';
import { type HostedForTest, type HostedSettings, hostSources } from '../support/hosted-functions.ts';

let host: HostedForTest | undefined;
afterEach(() => host?.close());

async function hosting(
  sources: Record<string, string>,
  settings: HostedSettings = {},
): Promise<HostedForTest> {
  host = await hostSources(sources, settings);
  return host;
}

const ECHO = 'export const handler = async (event: unknown) => event;';
const COUNTER = 'let calls = 0; export const handler = async () => ++calls;';

describe('a function', () => {
  it('gets its event and answers through JSON, as on AWS', async () => {
    const { invoke } = await hosting({ echo: ECHO });
    const event = { text: 'ünï', when: new Date(0), nothing: undefined, list: [1, null] };
    expect(await invoke('echo', event)).toEqual({
      text: 'ünï',
      when: '1970-01-01T00:00:00.000Z',
      list: [1, null],
    });
  });

  it('that returns nothing answers null', async () => {
    const { invoke } = await hosting({ silent: 'export const handler = async () => {};' });
    expect(await invoke('silent', {})).toBeNull();
  });

  it('keeps what it has loaded from one invocation to the next', async () => {
    const { invoke } = await hosting({ counter: COUNTER });
    expect([await invoke('counter', {}), await invoke('counter', {})]).toEqual([1, 2]);
  });

  it('is told who it is and how much time it has left', async () => {
    const { invoke } = await hosting({
      who: `export const handler = async (_: unknown, context: any) => ({
        ...context, remaining: context.getRemainingTimeInMillis() });`,
    });
    const seen = (await invoke('who', {})) as Record<string, unknown>;
    expect(seen).toMatchObject({
      functionName: 'who',
      memoryLimitInMB: '128',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:who',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(seen['remaining']).toBeGreaterThan(5_000);
    expect(seen['remaining']).toBeLessThanOrEqual(10_000);
  });

  it('sees its own environment and nothing of the host’s', async () => {
    process.env['ONLY_FOR_THE_HOST'] = 'yes';
    const { invoke } = await hosting(
      { env: 'export const handler = async () => process.env;' },
      { env: { TABLE_NAME: 'gimletd' } },
    );
    const env = (await invoke('env', {})) as Record<string, string>;
    delete process.env['ONLY_FOR_THE_HOST'];
    expect(env['TABLE_NAME']).toBe('gimletd');
    expect(env['AWS_LAMBDA_FUNCTION_NAME']).toBe('env');
    expect(env['ONLY_FOR_THE_HOST']).toBeUndefined();
    expect(env['HOME']).toBe(env['TMPDIR']);
  });

  it('has a temporary folder that no other environment sees', async () => {
    const { invoke } = await hosting({
      scratch: `import { readdirSync, writeFileSync } from 'node:fs';
        import { tmpdir } from 'node:os';
        export const handler = async (event: { name: string }) => {
          writeFileSync(tmpdir() + '/' + event.name, '');
          await new Promise((resolve) => setTimeout(resolve, 300));
          return readdirSync(tmpdir());
        };`,
    });
    const seen = await Promise.all([invoke('scratch', { name: 'a' }), invoke('scratch', { name: 'b' })]);
    expect(seen).toEqual([['a'], ['b']]);
  });
});

describe('concurrency', () => {
  const SLOW = `let busy = 0;
    export const handler = async (event: number) => {
      busy++;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { at: event, together: busy-- };
    };`;

  it('of one: invocations come one after the other, in order, in the same environment', async () => {
    const { invoke } = await hosting({ slow: SLOW }, { concurrency: 1 });
    const finished: unknown[] = [];
    await Promise.all([1, 2, 3].map(async (at) => finished.push(await invoke('slow', at))));
    expect(finished).toEqual([1, 2, 3].map((at) => ({ at, together: 1 })));
  });

  it('of two: a third waits, and no environment ever has two invocations', async () => {
    const { invoke } = await hosting({
      slow: `import { threadId } from 'node:worker_threads';
        let busy = 0;
        export const handler = async () => {
          busy++;
          await new Promise((resolve) => setTimeout(resolve, 100));
          return { threadId, together: busy-- };
        };`,
    });
    const results = (await Promise.all([1, 2, 3, 4, 5].map(() => invoke('slow', {})))) as {
      threadId: number;
      together: number;
    }[];
    expect(new Set(results.map((result) => result.threadId)).size).toBe(2);
    expect(results.every((result) => result.together === 1)).toBe(true);
  });
});

describe('a failure', () => {
  it('that is thrown reaches the caller with its type, and the environment goes on', async () => {
    const { invoke } = await hosting({
      picky: `let calls = 0;
        export const handler = async () => {
          calls++;
          if (calls === 1) throw new RangeError('too far');
          return calls;
        };`,
    });
    await expect(invoke('picky', {})).rejects.toMatchObject({ errorType: 'RangeError', message: 'too far' });
    expect(await invoke('picky', {})).toBe(2);
    expect(host?.told.join('\n')).toContain('RangeError: too far');
  });

  it('to answer in time ends the environment, even in an endless loop, and the next one is fresh', async () => {
    const { invoke } = await hosting(
      {
        loop: `let calls = 0;
          export const handler = async (event: { spin: boolean }) => {
            while (event.spin) {}
            return ++calls;
          };`,
      },
      { timeoutSeconds: 0.5, concurrency: 1 },
    );
    expect(await invoke('loop', { spin: false })).toBe(1);
    const stuck = invoke('loop', { spin: true });
    const behind = invoke('loop', { spin: false });
    await expect(stuck).rejects.toMatchObject({
      errorType: 'Sandbox.Timedout',
      message: expect.stringMatching(/Task timed out after 0\.50 seconds/),
    });
    expect(await behind).toBe(1);
  });

  it.each([
    ['exits', 'process.exit(3)'],
    ['throws outside its promise', "setImmediate(() => { throw new Error('loose') })"],
    ['leaves a rejection unhandled', "void Promise.reject(new Error('loose'))"],
  ])('of a function that %s fails the invocation only', async (_, crash) => {
    const { invoke } = await hosting({
      fragile: `export const handler = async (event: { crash: boolean }) => {
        if (!event.crash) return 'well';
        ${crash};
        await new Promise(() => { setInterval(() => {}, 1000) });
      };`,
    });
    await expect(invoke('fragile', { crash: true })).rejects.toMatchObject({
      errorType: 'Runtime.ExitError',
    });
    expect(await invoke('fragile', { crash: false })).toBe('well');
  });

  it('to load says which file and why, each time', async () => {
    const { invoke } = await hosting({
      broken: "import './missing.ts'; export const handler = async () => 1;",
    });
    await expect(invoke('broken', {})).rejects.toThrow(
      /broken could not be loaded from .*broken\.ts: .*missing/,
    );
    await expect(invoke('broken', {})).rejects.toBeInstanceOf(FunctionError);
    expect(host?.told.join('\n')).toMatch(/broken could not be loaded/);
  });

  it('of a module without a handler says so', async () => {
    const { invoke } = await hosting({ empty: 'export const run = 1;' });
    await expect(invoke('empty', {})).rejects.toThrow(/exports no function "handler"/);
  });

  it('of an environment that is killed fails what it was doing, and the next one is fresh', async () => {
    const { invoke, kill } = await hosting({
      long: `let calls = 0;
        export const handler = async (event: { wait: boolean }) => {
          calls++;
          if (event.wait) await new Promise((resolve) => setTimeout(resolve, 60_000));
          return calls;
        };`,
    });
    expect(await invoke('long', { wait: false })).toBe(1);
    const doomed = invoke('long', { wait: true });
    doomed.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await kill('long');
    await expect(doomed).rejects.toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await invoke('long', { wait: false })).toBe(1);
  });
});

describe('limits', () => {
  it('an event over 6 MB is refused before the function is called', async () => {
    const { invoke } = await hosting({ echo: ECHO });
    await expect(invoke('echo', 'x'.repeat(6_291_556))).rejects.toBeInstanceOf(PayloadTooLargeError);
  });

  it('an answer over 6 MB fails', async () => {
    const { invoke } = await hosting({ big: "export const handler = async () => 'x'.repeat(6_291_556);" });
    await expect(invoke('big', {})).rejects.toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('more memory than the function has ends it alone', async () => {
    const { invoke } = await hosting(
      {
        greedy: `const kept: unknown[] = [];
          export const handler = async () => { for (;;) kept.push(Array.from({ length: 10_000 }, () => ({}))); };`,
      },
      { memoryMb: 32 },
    );
    await expect(invoke('greedy', {})).rejects.toMatchObject({
      errorType: 'Runtime.ExitError',
      message: expect.stringContaining('memory'),
    });
  });

  it('a function that does not exist is named', async () => {
    const { invoke } = await hosting({ echo: ECHO });
    await expect(invoke('nope', {})).rejects.toBeInstanceOf(UnknownFunctionError);
  });
});

describe('logs', () => {
  it('keep what a function writes, a file each; only stderr is shown', async () => {
    const { invoke, told, folder } = await hosting({
      talker: "export const handler = async () => { console.log('quiet'); console.error('loud'); };",
    });
    await invoke('talker', {});
    await expect.poll(() => told).toEqual(['talker: loud']);
    const kept = async () => (await readFile(join(folder, 'logs', 'talker.log'), 'utf8')).split('\n').sort();
    await expect.poll(kept).toEqual(['', 'loud', 'quiet']);
  });
});

describe('closing', () => {
  it('fails what is running or waiting', async () => {
    const { invoke, close } = await hosting(
      { stuck: 'export const handler = () => new Promise(() => setInterval(() => {}, 1000));' },
      { concurrency: 1 },
    );
    const both = Promise.allSettled([invoke('stuck', {}), invoke('stuck', {})]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await close();
    expect((await both).map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await expect(invoke('stuck', {})).rejects.toThrow(/stopping/);
  });
});
