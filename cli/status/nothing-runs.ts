import { CliError } from '../cli-error.ts';
import type { Status } from '../client/api-client.ts';

/** For whoever named an environment of which nothing is known. */
export const CHECK_NAME = 'Check the name: gimlet artifact show ID lists the environments of an artifact.';

interface Asked {
  readonly env: string;
  readonly app?: string | undefined;
  readonly team?: string | undefined;
}

/** @throws CliError `nothing-runs` where nothing does: the name is wrong, or it is too early to ask. */
export function checkRuns(status: Status, { env, app, team }: Asked): void {
  if (Object.values(status).some((release) => release !== null)) return;
  const what = team === undefined ? 'Nothing' : `Nothing of the team ${team}`;
  const said = app === undefined ? `${what} has` : `${app} has not`;
  throw new CliError(`${said} been released to ${env} so far.`, {
    code: 'nothing-runs',
    hint: CHECK_NAME,
  });
}
