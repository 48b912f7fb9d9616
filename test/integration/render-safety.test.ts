import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProcessLimits } from '../../shared/adapters/helm/bounded-process.ts';
import { BoundedTool } from '../../shared/adapters/helm/bounded-tool.ts';
import { packChart } from '../support/chart-archive.ts';
import { chartAtHand, render, SOME_CHART } from '../support/rendering.ts';
import { folderForTest } from '../support/test-folder.ts';

let folder: string;
beforeEach(() => {
  folder = folderForTest();
});

/** Runs a script where helm would be run. */
function runScript(script: string, limits: Partial<ProcessLimits> = {}): Promise<string> {
  const path = join(folder, 'tool');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return new BoundedTool('it failed', { path, limits }).run({ args: [] });
}

/** One that has ended and was not asked how is no more either. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^Z\s]/.test(stdout);
}

describe('what renders charts', () => {
  it('has no variable but HOME and PATH, both of a directory of its own', async () => {
    process.env['SECRET_FOR_TEST'] = 'canary';
    const lines = (await runScript('/usr/bin/env')).trim().split('\n');
    // The shell itself adds where it is.
    const variables = lines.filter((line) => !/^(?:PWD|OLDPWD|SHLVL|_)=/.test(line));
    expect(variables.map((line) => line.split('=')[0]).sort()).toEqual(['HOME', 'PATH']);
    expect(variables.join()).not.toContain(process.env['HOME'] ?? 'nowhere');
  });

  it('outlives no invocation, with all that it started', async () => {
    const background = '/bin/sleep 300 >/dev/null 2>&1 &';
    const pid = Number(await runScript(`${background}\necho $!`));
    expect(pid).toBeGreaterThan(1);
    for (let tries = 0; isAlive(pid) && tries < 50; tries += 1) await sleep(20);
    expect(isAlive(pid)).toBe(false);
  });

  it('is ended with all that it started when its time is over', async () => {
    const pidFile = join(folder, 'pid');
    const script = `/bin/sleep 300 &\necho $! > ${pidFile}\nwait`;
    await expect(runScript(script, { wallSeconds: 0.5 })).rejects.toMatchObject({
      code: 'render-limit',
      message: 'it failed within 0.5 seconds',
    });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    for (let tries = 0; isAlive(pid) && tries < 50; tries += 1) await sleep(20);
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a manifest that means harm', () => {
  const BOMB = `a: &a [x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]
g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]
`;
  const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: raw}\n';

  it.each([
    ['its raw manifests', { manifests: CONFIG + BOMB }, 'render-refused'],
    ['a merge patch', { manifests: CONFIG, strategicMergePatches: CONFIG + BOMB }, 'patches-invalid'],
    [
      'a JSON patch',
      {
        manifests: CONFIG,
        json6902Patches: [{ patch: BOMB, target: { kind: 'ConfigMap', name: 'raw' } }],
      },
      'patches-invalid',
    ],
  ])('by aliases of aliases in %s is refused before kustomize sees it', async (_where, fields, code) => {
    await expect(render(fields)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('is not YAML'),
    });
  });

  it('by a value that looks like YAML or a template changes nothing but its own text', async () => {
    const VALUE = 'x"\'\n  evil: {{ .Values }}\n---\nkind: Secret: # {{ fail "x" }}';
    const archive = packChart('web', {
      'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'templates/a.yaml': [
        'apiVersion: v1',
        'kind: ConfigMap',
        'metadata: { name: x }',
        'data: { value: {{ .Values.value | toJson }} }',
      ].join('\n'),
    });
    const { files } = await render(
      { chart: SOME_CHART, values: { value: '{{ .VALUE }}' } },
      { charts: chartAtHand(archive), variables: { VALUE, app: 'evil', APP: 'evil' } },
    );
    expect(files.get('a.yaml')).toContain(JSON.stringify(VALUE));
  });
});
