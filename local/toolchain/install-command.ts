import { findOnPath } from './find-on-path.ts';

export type Tool = 'git' | 'git-http-backend' | 'helm' | 'kubectl';

/** Distributions rarely have helm 4 yet, so on Linux it is helm's own installer. */
const HELM_INSTALLER =
  'curl -fsSL https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-4 | bash';

/** Nor kubectl: it is one file. */
const KUBECTL_DOWNLOAD =
  'curl -fsSLO https://dl.k8s.io/release/v1.35.2/bin/linux/$(uname -m | sed "s/x86_64/amd64/;s/aarch64/arm64/")/kubectl && sudo install kubectl /usr/local/bin/';

/** In the order they are looked for. Only Alpine keeps `git http-backend` in a package of its own. */
const LINUX_MANAGERS: readonly (readonly [string, Readonly<Record<Tool, string>>])[] = [
  ['apt-get', linux('apt-get install -y git')],
  ['dnf', linux('dnf install -y git')],
  ['apk', { ...linux('apk add git git-daemon'), 'git-http-backend': 'apk add git-daemon' }],
  ['zypper', linux('zypper install -y git')],
  ['pacman', linux('pacman -S --noconfirm git')],
];

const BREW = {
  git: 'brew install git',
  'git-http-backend': 'brew install git',
  helm: 'brew install helm',
  kubectl: 'brew install kubectl',
};
const WINGET = {
  git: 'winget install Git.Git',
  'git-http-backend': 'winget install Git.Git',
  helm: 'winget install Helm.Helm',
  kubectl: 'winget install Kubernetes.kubectl',
};

/** The one command that installs a tool on this machine. */
export async function installCommand(
  tool: Tool,
  machine: { readonly platform: NodeJS.Platform; readonly root: boolean } = thisMachine(),
  env: Readonly<NodeJS.ProcessEnv> = process.env,
): Promise<string> {
  if (machine.platform === 'darwin') return BREW[tool];
  if (machine.platform === 'win32') return WINGET[tool];
  const commands = await linuxCommands(env);
  const command = commands[tool];
  return machine.root || command.startsWith('curl ') ? command : `sudo ${command}`;
}

async function linuxCommands(env: Readonly<NodeJS.ProcessEnv>): Promise<Readonly<Record<Tool, string>>> {
  for (const [program, commands] of LINUX_MANAGERS)
    if ((await findOnPath(program, env)) !== undefined) return commands;
  return linux('apt-get install -y git');
}

function linux(git: string): Readonly<Record<Tool, string>> {
  return { git, 'git-http-backend': git, helm: HELM_INSTALLER, kubectl: KUBECTL_DOWNLOAD };
}

function thisMachine() {
  return { platform: process.platform, root: process.getuid?.() === 0 };
}
