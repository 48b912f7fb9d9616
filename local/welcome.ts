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

${pc.bold('Push a first artifact')} from another terminal, here:

${firstArtifact(system, shellWord(`${data}/artifact.json`))
  .map((line) => `  ${line}`)
  .join('\n')}

Ctrl-C stops it; what it has stored is there again at the next start.
`;
}

/** For a POSIX shell in the project's folder. Each time it is another artifact, as its sha is the time. */
function firstArtifact(system: LocalSystem, file: string): readonly string[] {
  const { url, adminToken, chartRepoUrl, gitopsRepoUrl } = system;
  return [
    `export GIMLET_SERVER=${url} GIMLET_TOKEN=${adminToken} NOW=$(date +%s)`,
    `npm run -s gimlet -- artifact create -o ${file} --repository example/webapp --branch main \\`,
    '  --sha $NOW --created $NOW --message "Say hello" --url https://example.com/webapp \\',
    '  --authorName Jane --authorEmail jane@example.com --committerName Jane --committerEmail jane@example.com',
    `npm run -s gimlet -- artifact add -f ${file} --envFile local/sample/.gimlet/staging.yaml \\`,
    `  --var CHART_REPOSITORY=${chartRepoUrl} --field imageRepository=nginx --field imageTag=1.29`,
    `npm run -s gimlet -- artifact push -f ${file} --wait`,
    `git clone ${gitopsRepoUrl}`,
  ];
}

function shellWord(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
