import { relative } from 'node:path';
import pc from 'picocolors';
import type { LocalSystem } from './system.ts';

/** What `npm start` prints: where everything is, and how to push a first artifact. */
export function welcome(system: LocalSystem): string {
  const data = relative('.', system.dataDirectory) || '.';
  return `
${pc.bold(pc.green('GimletD is up.'))}

  API            ${pc.cyan(system.url)}
  Admin token    ${system.adminToken}
  GitOps repo    git clone ${system.gitopsRepoUrl}
  Chart repo     ${system.chartRepoUrl}
  Data, logs     ${data}, ${data}/logs

${pc.bold('Push a first artifact')} from another terminal:

  export GIMLET_SERVER=${system.url} GIMLET_TOKEN=${system.adminToken}
${FIRST_ARTIFACT.map((line) => `  ${line}`).join('\n')}

Ctrl-C stops it; what it has stored is there again at the next start.
`;
}

const FIRST_ARTIFACT = [
  'npm run -s gimlet -- artifact create --repository example/webapp --event push --branch main \\',
  '  --sha "$(git rev-parse HEAD)" --created "$(date -u +%FT%TZ)" --message "First release" --url https://example.com \\',
  '  --authorName Jane --authorEmail jane@example.com --committerName Jane --committerEmail jane@example.com \\',
  '  -o artifact.json',
  'npm run -s gimlet -- artifact add -f artifact.json --envFile local/sample/staging.yaml',
  'npm run -s gimlet -- artifact push -f artifact.json --wait',
];
