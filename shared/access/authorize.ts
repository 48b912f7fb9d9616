import { ForbiddenError, UnauthenticatedError } from '../errors/errors.ts';
import { type Action, isOfEveryCaller } from './actions.ts';
import { coversResource, grantsAction } from './grant-covers.ts';
import type { Caller, Principal } from './principal.ts';
import { ALL, type Resource } from './resource.ts';
import { refusalError } from './trust/refusal.ts';

/**
 * Whether a principal may do what it asks, with the resource that it asks it of; without one, whether it may do it
 * to anything at all. Answers the caller, whose name goes into records.
 * @throws UnauthenticatedError `unauthenticated`; as refusalError, where a credential was refused; ForbiddenError `forbidden`, which says what is missing.
 */
export function authorize(principal: Principal, action: Action, resource?: Resource): Caller {
  if (principal.kind === 'none') {
    if (principal.refusal) throw refusalError(principal.refusal);
    throw new UnauthenticatedError(
      'unauthenticated',
      'This needs a valid token: send `Authorization: Bearer <token>` (with the CLI: --token or GIMLET_TOKEN).',
    );
  }
  if (may(principal, action, resource)) return principal;
  throw new ForbiddenError(
    'forbidden',
    `'${principal.name}' may not ${action}${where(resource)}: ask an admin for a grant of it.`,
  );
}

/** The same as an answer, for what is looked through rather than asked for. One grant must cover all of it. */
export function may(principal: Principal, action: Action, resource?: Resource): boolean {
  if (principal.kind === 'none') return false;
  if (isOfEveryCaller(action)) return true;
  return principal.grants.some(
    (grant) => grantsAction(grant, action) && (resource === undefined || coversResource(grant, resource)),
  );
}

function where({ app, env, repository, artifact }: Resource = {}): string {
  const words = [
    app === undefined ? '' : app === ALL ? ' for all apps' : ` for the app '${app}'`,
    env === undefined ? '' : env === ALL ? ' in all environments' : environmentWords(env),
    repository === undefined ? '' : repository === ALL ? '' : ` of the repository '${repository}'`,
    artifact === undefined ? '' : ` of the artifact '${artifact}'`,
  ];
  return words.join('');
}

function environmentWords(env: { readonly name: string; readonly protected: boolean }): string {
  return env.protected
    ? ` in '${env.name}', which is protected and must be granted by name`
    : ` in '${env.name}'`;
}
