import { requestBudget } from '../../shared/access/request-budget.ts';
import { tokenAuthenticator } from '../../shared/access/token-authenticator.ts';
import { workloadAuthenticator } from '../../shared/access/trust/authenticate-workload.ts';
import { keptFor } from '../../shared/access/trust/kept-for.ts';
import { readTokenAuthenticator } from '../../shared/access/trust/read-token.ts';
import { readTokenStore } from '../../shared/adapters/dynamodb/read-token-store.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { TrustStore } from '../../shared/adapters/dynamodb/trust-store.ts';
import { issuerKeys } from '../../shared/adapters/oidc/issuer-keys.ts';
import { identityTokenVerifier } from '../../shared/adapters/oidc/verify-identity-token.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { makeAuthorizer } from './authorizer.ts';
import { authorizerEnv } from './env.ts';

/** A trust policy that is deleted lets nobody in a minute later. */
const TRUST_KEPT_MS = 30_000;

const env = readEnv(authorizerEnv);
const logger = createLogger('authorizer');
const table = new TableClient(env.TABLE_NAME, callOrigin('authorizer'));
const tokens = new TokenStore(table);
const trusts = new TrustStore(table);
const keys = issuerKeys({
  fetch: globalThis.fetch,
  clock: Date.now,
  allowLoopback: env.IDENTITY_ALLOW_LOOPBACK === 'true',
});

export const handler = makeAuthorizer({
  authenticators: [
    readTokenAuthenticator(readTokenStore(table), Date.now),
    workloadAuthenticator({
      policies: keptFor(TRUST_KEPT_MS, () => trusts.list(), Date.now),
      verify: identityTokenVerifier({ keys, clock: Date.now }),
    }),
    tokenAuthenticator({ find: (id) => tokens.get(id), clock: Date.now }),
  ],
  budget: requestBudget({
    perMinute: env.REQUESTS_PER_MINUTE,
    ledger: tokens,
    clock: Date.now,
    onFailure: (error) => logger.warn('budget unknown', { error }),
  }),
  onFailure: (error) => logger.error('caller unknown', { error }),
});
