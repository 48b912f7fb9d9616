import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_RENDER, type RenderSettings } from '../../shared/contract/render-settings.ts';
import { collect, collectPairs } from '../artifact/key-value.ts';

export interface RenderFlags {
  readonly file: string;
  readonly vars?: string;
  readonly var?: Readonly<Record<string, string>>;
  readonly chart?: string;
  readonly kubeVersion: string;
  readonly apiVersion?: readonly string[];
  readonly allow?: readonly string[];
}

const ALLOW = {
  'cluster-scoped': 'allowClusterScoped',
  'other-namespaces': 'allowOtherNamespaces',
  'plain-secrets': 'allowPlainSecrets',
} as const;

/** What every command takes that renders here, and not on the server. */
export function addRenderOptions(command: Command): Command {
  const allow = new Option('--allow <what>', 'what the environment’s settings allow; again for more');
  // Not `choices`, which takes one only.
  allow.argChoices = Object.keys(ALLOW);
  return command
    .requiredOption('-f, --file <file>', 'Gimlet environment file, YAML or CUE')
    .option('--vars <file>', 'variables, a NAME=value a line')
    .option('--var <name=value>', 'a variable; again for more', collectPairs)
    .option('--chart <path>', 'folder or .tgz to take for the chart: nothing is fetched')
    .option('--kube-version <version>', 'Kubernetes to render for', DEFAULT_RENDER.kubeVersion)
    .option('--api-version <version>', 'API version that charts may ask for; again for more', collect)
    .addOption(allow.argParser(collectAllowed));
}

function collectAllowed(word: string, list: readonly string[] = []): string[] {
  if (Object.hasOwn(ALLOW, word)) return collect(word, list);
  throw new InvalidArgumentError(`Allowed choices are ${Object.keys(ALLOW).join(', ')}.`);
}

export function settingsOf({ kubeVersion, apiVersion = [], allow = [] }: RenderFlags): RenderSettings {
  const allowed = Object.entries(ALLOW).map(([word, setting]) => [setting, allow.includes(word)]);
  return { ...DEFAULT_RENDER, ...Object.fromEntries(allowed), kubeVersion, apiVersions: apiVersion };
}
