import { authenticate } from '../../shared/access/authenticate.ts';

export interface AuthorizerPorts {
  /** SHA-256 of the admin token, hex. */
  readonly adminTokenHash: () => Promise<string>;
}

/** API Gateway's simple answer. Everybody is let through: who calls is told to the handlers, which answer 401 and 403. */
export interface AuthorizerAnswer {
  readonly isAuthorized: true;
  readonly context: { readonly principal: string };
}

export function makeAuthorizer({ adminTokenHash }: AuthorizerPorts) {
  return async (event: {
    readonly headers?: Readonly<Record<string, string | undefined>>;
  }): Promise<AuthorizerAnswer> => {
    const authorization = event.headers?.['authorization'];
    const principal =
      authorization === undefined ? undefined : authenticate(authorization, (await adminTokenHash()).trim());
    return { isAuthorized: true, context: { principal: principal?.kind === 'admin' ? principal.name : '' } };
  };
}
