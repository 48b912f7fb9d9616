import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../infra/bundle.ts';
import { budgetOf, budgetProblems } from '../../infra/bundling/bundle-budget.ts';
import { type BundleReport, bundleReport } from '../../infra/bundling/bundle-report.ts';
import { makeCliBundle } from '../../infra/bundling/cli-bundle.ts';
import { makeFunctionBundle } from '../../infra/bundling/function-bundle.ts';
import { folderForTests } from '../support/test-folder.ts';

const run = promisify(execFile);

/** Where entries are written: in the project, so that they find its packages, and where git does not look. */
let sources: string;
/** Where bundles go: outside the project, so that they find nothing. */
const out = folderForTests();

beforeAll(async () => {
  await mkdir(join(ROOT, 'dist'), { recursive: true });
  sources = await mkdtemp(join(ROOT, 'dist/bundle-test-'));
});
afterAll(() => rm(sources, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(sources, name);
  await writeFile(path, text);
  return path;
}

/** Bundles a module as a function's entry. */
async function bundleSource(name: string, text: string): Promise<BundleReport> {
  const entry = await write(`${name}.ts`, text);
  const file = join(out, name, 'index.mjs');
  return bundleReport(name, file, relative(ROOT, entry), await makeFunctionBundle(ROOT, entry, file));
}

describe('a function’s bundle', () => {
  test('runs where nothing is installed, CommonJS packages and all', async () => {
    await write('old.cjs', "module.exports = require('node:path').posix.sep;");
    const { file } = await bundleSource('alone', "import sep from './old.cjs'; console.log('sep', sep);");
    expect((await run(process.execPath, [file])).stdout).toBe('sep /\n');
  });

  test('signs requests to AWS with the credentials of its environment', async () => {
    const { file } = await bundleSource(
      'caller',
      `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
      console.log(JSON.stringify((await new DynamoDBClient({}).send(new ListTablesCommand({}))).TableNames));`,
    );
    const { signedBy, stdout } = await callAws(file);
    expect(signedBy).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
    expect(stdout).toBe('["a-table"]\n');
  });

  test('holds what was worked out when it was built, and not what worked it out', async () => {
    await write('maker.ts', "export const make = (n: number) => ({ text: 'made '.repeat(n) });");
    await write('texts.built.ts', "import { make } from './maker.ts'; export const TEXTS = make(2);");
    const { file, sources } = await bundleSource(
      'built',
      "import { TEXTS } from './texts.built.ts'; console.log(TEXTS.text);",
    );
    expect((await run(process.execPath, [file])).stdout).toBe('made made \n');
    expect(sources.filter((path) => path.endsWith('maker.ts'))).toEqual([]);
  });

  test('loads what it imports by need when it is needed, and what that shares with it once', async () => {
    await write('shared.ts', 'export const seen: string[] = []; export class Wrong extends Error {}');
    await write(
      'needed.ts',
      "import { seen, Wrong } from './shared.ts'; seen.push('x'); export const wrong = new Wrong();",
    );
    const report = await bundleSource(
      'by-need',
      "import { seen, Wrong } from './shared.ts'; const before = [...seen];" +
        " const { wrong } = await import('./needed.ts'); console.log(before, seen, wrong instanceof Wrong);",
    );
    expect((await run(process.execPath, [report.file])).stdout).toBe("[] [ 'x' ] true\n");
    expect(report.laterBytes).toBeGreaterThan(0);
  });

  test('loads expressions where the first is compiled, without a promise', async () => {
    const { file, bytes, laterBytes, packages } = await bundleSource(
      'expressions',
      "import { RE2JS, RE2JSException } from 're2js';" +
        "const problem = (text: string) => { try { RE2JS.compile(text); return 'none'; }" +
        ' catch (error) { return error instanceof RE2JSException; } };' +
        "console.log(process.argv[2] === undefined ? 'not asked' : problem(process.argv[2]));",
    );
    expect((await run(process.execPath, [file, 'a+'])).stdout).toBe('none\n');
    expect((await run(process.execPath, [file, 'a('])).stdout).toBe('true\n');
    expect([...packages.keys()]).toEqual([]);
    expect(laterBytes).toBeGreaterThan(50 * bytes);
    await rm(join(dirname(file), 're2js.mjs'));
    expect((await run(process.execPath, [file])).stdout).toBe('not asked\n');
  });

  test('loads templates where the first is filled in, and knows their errors as its own', async () => {
    const { file } = await bundleSource(
      'templates',
      `import { UnprocessableError } from '${ROOT}shared/errors/errors.ts';
      import { resolveManifest } from '${ROOT}shared/manifest/resolve-manifest.ts';
      const resolve = (app: string) => resolveManifest({ app, env: 'e', namespace: 'n', manifests: 'x: y' }, {});
      try { console.log(resolve(process.argv[2] ?? '').app); }
      catch (error) { console.log(error instanceof UnprocessableError && error.code); }`,
    );
    expect((await run(process.execPath, [file, '{{ "Web" | lower }}'])).stdout).toBe('web\n');
    expect((await run(process.execPath, [file, '{{ .NOT_THERE }}'])).stdout).toBe('variable-missing\n');
    await rm(join(dirname(file), 'template.mjs'));
    expect((await run(process.execPath, [file, 'web'])).stdout).toBe('web\n');
  });

  test('has no shape of AWS but those that its commands need', async () => {
    const { file } = await bundleSource(
      'invoker',
      `import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
      console.log(LambdaClient, InvokeCommand);`,
    );
    const text = await readFile(file, 'utf8');
    expect(text).toContain('InvocationRequest');
    expect(text).not.toContain('CreateFunctionUrlConfigRequest');
  });

  test('says of what it has left out that it has', async () => {
    const { file } = await bundleSource(
      'schema-document',
      "import * as z from 'zod'; const schema = z.object({ a: z.string() });" +
        "console.log(schema.safeParse({ a: 'b' }).success);" +
        'try { schema.toJSONSchema(); } catch (error) { console.log(String(error)); }',
    );
    const { stdout } = await run(process.execPath, [file]);
    expect(stdout).toBe('true\nError: JSON Schema is left out of this bundle\n');
  });

  test('has its source map beside it, for reading a stack trace by hand', async () => {
    const { file } = await bundleSource('mapped', "export const handler = () => 'mapped';");
    const map = JSON.parse(await readFile(`${file}.map`, 'utf8'));
    expect(map.sources).toEqual([expect.stringMatching(/mapped\.ts$/)]);
    expect(await readFile(file, 'utf8')).not.toContain('sourceMappingURL');
  });

  test('of a handler that does not exist is refused with the path that was looked for', async () => {
    const missing = makeFunctionBundle(ROOT, join(sources, 'missing.ts'), join(out, 'missing/index.mjs'));
    await expect(missing).rejects.toThrow(/missing\.ts/);
  });
});

describe('the CLI’s bundle', () => {
  test.each([
    ['with', "#!/usr/bin/env node\nconsole.log('here');"],
    ['without', "console.log('here');"],
  ])('is one executable script, from an entry %s a #! line', async (name, text) => {
    const entry = await write(`cli-${name}.ts`, text);
    const file = join(out, `${name}.mjs`);
    const { text: script } = await makeCliBundle(ROOT, entry);
    await writeFile(file, script);
    expect(script.match(/^#!.*$/gm)).toEqual(['#!/usr/bin/env node']);
    expect((await run(process.execPath, [file])).stdout).toBe('here\n');
  });

  test('loads what it imports later only then, whatever that imports, and a package of old times', async () => {
    await write('early.ts', "export const seen: string[] = []; export const name = 'early';");
    await write('older.cjs', "module.exports = { sep: require('path').posix.sep };");
    await write(
      'later.ts',
      "import { readFileSync } from 'node:fs'; import older from './older.cjs'; import { seen } from './early.ts';" +
        " seen.push('later'); export const later = typeof readFileSync + older.sep;",
    );
    const entry = await write(
      'cli-lazy.ts',
      "import { seen } from './early.ts'; const before = [...seen];" +
        " const { later } = await import('./later.ts'); console.log(JSON.stringify([before, seen, later]));",
    );
    const file = join(out, 'lazy.mjs');
    await writeFile(file, (await makeCliBundle(ROOT, entry)).text);
    expect(JSON.parse((await run(process.execPath, [file])).stdout)).toEqual([[], ['later'], 'function/']);
  });
});

describe('the budget', () => {
  test('passes zod imported as a namespace, and names the remedy when it is imported by name', async () => {
    const use = 'console.log(z.string().parse("a"));';
    const namespace = await bundleSource('namespace', `import * as z from 'zod'; ${use}`);
    const byName = await bundleSource('by-name', `import { z } from 'zod'; ${use}`);
    expect(budgetProblems(namespace)).toEqual([]);
    expect(budgetProblems(byName)).toContainEqual(expect.stringContaining("import * as z from 'zod'"));
  });

  test('refuses a bundle that is too big, and names its biggest parts', async () => {
    const report = await bundleSource('big', "import * as z from 'zod'; console.log(z);");
    const bytes = budgetOf('big') + 1;
    expect(budgetProblems({ ...report, bytes: bytes - 1 })).not.toContainEqual(
      expect.stringMatching(/budget/),
    );
    expect(budgetProblems({ ...report, bytes })).toContainEqual(
      expect.stringMatching(/^a start of big loads \d+ bytes.*node_modules\/zod \d+/),
    );
  });

  test('refuses the same AWS package in two versions', async () => {
    const nested = join(sources, 'node_modules/@aws-sdk/core');
    await mkdir(nested, { recursive: true });
    await writeFile(join(nested, 'package.json'), '{"name":"@aws-sdk/core","main":"index.js"}');
    await writeFile(join(nested, 'index.js'), "console.log('another version');");
    const report = await bundleSource(
      'twice',
      "import '@aws-sdk/core'; import { SQSClient } from '@aws-sdk/client-sqs'; console.log(SQSClient);",
    );
    expect(budgetProblems(report)).toContainEqual(expect.stringMatching(/has @aws-sdk\/core 2 times/));
  });
});

test('the bundles are what their reports say', async () => {
  const report = await bundleSource('reported', "import * as z from 'zod'; console.log(z.string());");
  expect((await stat(report.file)).size).toBe(report.bytes);
  expect([...report.packages.keys()]).toEqual(['node_modules/zod']);
});

/** Runs a bundle against a server that answers as DynamoDB would, with a Lambda's environment and no more. */
async function callAws(file: string): Promise<{ signedBy: string | undefined; stdout: string }> {
  let signedBy: string | undefined;
  const server = createServer((request, response) => {
    signedBy = request.headers.authorization;
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ TableNames: ['a-table'] }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  try {
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'session',
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    };
    const { stdout } = await run(process.execPath, [file], { env });
    return { signedBy, stdout };
  } finally {
    server.close();
  }
}
