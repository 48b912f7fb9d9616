import { type Authenticator, bearerCredential } from '../../shared/access/authenticate.ts';
import { NOBODY, type Principal } from '../../shared/access/principal.ts';
import { encodePrincipal } from '../../shared/access/principal-context.ts';
import type { RequestBudget } from '../../shared/access/request-budget.ts';

export interface AuthorizerPorts {
  /** One for each kind of credential; the first that knows a credential's kind has the word. */
  readonly authenticators: readonly Authenticator[];
  readonly budget: RequestBudget;
  /** Told why it was not possible to tell who calls. */
  readonly onFailure: (error: unknown) => void;
}

/** API Gateway's simple answer. Everybody is let through: handlers are told who calls, and answer 401, 403,
 * 429 and 503. */
export interface AuthorizerAnswer {
  readonly isAuthorized: true;
  readonly context: {
    readonly principal: string;
    readonly retryAfterSeconds?: number;
    /** It can't be told now who calls. */
    readonly unavailable?: true;
  };
}

export function makeAuthorizer({ authenticators, budget, onFailure }: AuthorizerPorts) {
  return async (event: {
    readonly headers?: Readonly<Record<string, string | undefined>>;
  }): Promise<AuthorizerAnswer> => {
    const credential = bearerCredential(event.headers?.['authorization']);
    try {
      return { isAuthorized: true, context: await identify(credential) };
    } catch (error) {
      onFailure(error);
      return { isAuthorized: true, context: { principal: '', unavailable: true } };
    }
  };

  async function identify(credential: string | undefined): Promise<AuthorizerAnswer['context']> {
    const principal = credential === undefined ? NOBODY : await authenticate(authenticators, credential);
    const retryAfterSeconds = principal.kind === 'none' ? undefined : await budget(principal.id);
    return {
      principal: encodePrincipal(principal),
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    };
  }
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
