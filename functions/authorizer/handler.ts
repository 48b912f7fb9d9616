import { requestBudget } from '../../shared/access/request-budget.ts';
import { tokenAuthenticator } from '../../shared/access/token-authenticator.ts';
import { TableClient } from '../../shared/adapters/dynamodb/table-client.ts';
import { TokenStore } from '../../shared/adapters/dynamodb/token-store.ts';
import { callOrigin } from '../../shared/runtime/call-origin.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { createLogger } from '../../shared/runtime/logger.ts';
import { makeAuthorizer } from './authorizer.ts';
import { authorizerEnv } from './env.ts';

const env = readEnv(authorizerEnv);
const logger = createLogger('authorizer');
const tokens = new TokenStore(new TableClient(env.TABLE_NAME, callOrigin('authorizer')));

export const handler = makeAuthorizer({
  authenticators: [tokenAuthenticator({ find: (id) => tokens.get(id), clock: Date.now })],
  budget: requestBudget({
    perMinute: env.REQUESTS_PER_MINUTE,
    ledger: tokens,
    clock: Date.now,
    onFailure: (error) => logger.warn('budget unknown', { error }),
  }),
  onFailure: (error) => logger.error('caller unknown', { error }),
});
