import { findOnPath } from './find-on-path.ts';

export type Tool = 'git' | 'git-http-backend' | 'helm';

/** Distributions rarely have helm 4 yet, so on Linux it is helm's own installer. */
const HELM_INSTALLER =
  'curl -fsSL https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-4 | bash';

/** In the order they are looked for. Only Alpine keeps `git http-backend` in a package of its own. */
const LINUX_MANAGERS: readonly (readonly [string, Readonly<Record<Tool, string>>])[] = [
  ['apt-get', linux('apt-get install -y git')],
  ['dnf', linux('dnf install -y git')],
  ['apk', { git: 'apk add git git-daemon', 'git-http-backend': 'apk add git-daemon', helm: HELM_INSTALLER }],
  ['zypper', linux('zypper install -y git')],
  ['pacman', linux('pacman -S --noconfirm git')],
];

const BREW = {
  git: 'brew install git',
  'git-http-backend': 'brew install git',
  helm: 'brew install helm',
};
const WINGET = {
  git: 'winget install Git.Git',
  'git-http-backend': 'winget install Git.Git',
  helm: 'winget install Helm.Helm',
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
  return machine.root || command === HELM_INSTALLER ? command : `sudo ${command}`;
}

async function linuxCommands(env: Readonly<NodeJS.ProcessEnv>): Promise<Readonly<Record<Tool, string>>> {
  for (const [program, commands] of LINUX_MANAGERS)
    if ((await findOnPath(program, env)) !== undefined) return commands;
  return linux('apt-get install -y git');
}

function linux(git: string): Readonly<Record<Tool, string>> {
  return { git, 'git-http-backend': git, helm: HELM_INSTALLER };
}

function thisMachine() {
  return { platform: process.platform, root: process.getuid?.() === 0 };
}
