import { TEAM } from '../access/grant-covers.ts';
import { InvalidInputError, NotFoundError } from '../errors/errors.ts';
import { type Settings, teamsOf } from './settings.ts';

type Teams = Pick<Settings, 'teams'>;

/**
 * Whether an app is a team's; of every app when no team is asked for.
 * @throws NotFoundError `team-not-found` with those that there are.
 */
export function ownedBy(settings: Teams, team: string | undefined): (app: string) => boolean {
  if (team === undefined) return () => true;
  if (!Object.hasOwn(settings.teams, team))
    throw new NotFoundError('team-not-found', unknown(settings, team));
  return (app) => teamsOf(settings, app).includes(team);
}

/**
 * Looks at what is to be granted: a team that nobody has heard of would grant nothing, and nobody would see why.
 * @throws InvalidInputError `bad-request` naming the field.
 */
export function checkTeams(
  settings: Teams,
  grants: readonly { readonly apps: readonly string[] }[],
  path = 'apps',
): void {
  const named = grants.flatMap(({ apps }) => apps).filter((pattern) => pattern.startsWith(TEAM));
  const team = named
    .map((pattern) => pattern.slice(TEAM.length))
    .find((name) => !Object.hasOwn(settings.teams, name));
  if (team === undefined) return;
  const message = unknown(settings, team);
  throw new InvalidInputError('bad-request', message, [{ path, message }]);
}

function unknown({ teams }: Teams, team: string): string {
  const names = Object.keys(teams).sort();
  const known = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
  return `The settings have no team '${team}': ${known}.`;
}
