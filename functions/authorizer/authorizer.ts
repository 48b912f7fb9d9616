import { type Authenticator, bearerCredential } from '../../shared/access/authenticate.ts';
import { NOBODY, type Principal } from '../../shared/access/principal.ts';
import { encodePrincipal } from '../../shared/access/principal-context.ts';

export interface AuthorizerPorts {
  /** One for each kind of credential; the first that knows a credential's kind has the word. */
  readonly authenticators: readonly Authenticator[];
}

/** API Gateway's simple answer. Everybody is let through: who calls is told to the handlers, which answer 401 and 403. */
export interface AuthorizerAnswer {
  readonly isAuthorized: true;
  readonly context: { readonly principal: string };
}

export function makeAuthorizer({ authenticators }: AuthorizerPorts) {
  return async (event: {
    readonly headers?: Readonly<Record<string, string | undefined>>;
  }): Promise<AuthorizerAnswer> => {
    const credential = bearerCredential(event.headers?.['authorization']);
    const principal = credential === undefined ? NOBODY : await authenticate(authenticators, credential);
    return { isAuthorized: true, context: { principal: encodePrincipal(principal) } };
  };
}

async function authenticate(
  authenticators: readonly Authenticator[],
  credential: string,
): Promise<Principal> {
  for (const known of authenticators) {
    const principal = await known(credential);
    if (principal) return principal;
  }
  return NOBODY;
}
