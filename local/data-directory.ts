import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where everything of one local server is kept; all of it may be deleted while no server runs. */
export interface DataDirectory {
  readonly root: string;
  readonly dynamodb: string;
  readonly sqs: string;
  /** Bare repos. */
  readonly git: string;
  /** The chart repo: packages and their index. */
  readonly charts: string;
  readonly logs: string;
  /** Functions' `/tmp`; emptied at each start. */
  readonly temporary: string;
  /** What Secrets Manager knows: id → value. */
  readonly secretsFile: string;
  /** The admin token itself, which functions never see; they have its hash. */
  readonly adminTokenFile: string;
  /** How to reach the server that runs: see local-json.ts. */
  readonly localJson: string;
  /** The port of the last start. */
  readonly portFile: string;
}

/** Makes the directory where it is missing, for its owner alone. */
export function openDataDirectory(path: string): DataDirectory {
  const root = resolve(path);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return {
    root,
    dynamodb: join(root, 'dynamodb'),
    sqs: join(root, 'sqs'),
    git: join(root, 'git'),
    charts: join(root, 'charts'),
    logs: join(root, 'logs'),
    temporary: join(root, 'tmp'),
    secretsFile: join(root, 'secrets.json'),
    adminTokenFile: join(root, 'admin-token'),
    localJson: join(root, 'local.json'),
    portFile: join(root, 'port'),
  };
}
