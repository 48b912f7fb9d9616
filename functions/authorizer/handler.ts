import { adminAuthenticator } from '../../shared/access/authenticate.ts';
import { secretReader } from '../../shared/adapters/secrets/secret-reader.ts';
import { readEnv } from '../../shared/runtime/env.ts';
import { makeAuthorizer } from './authorizer.ts';
import { authorizerEnv } from './env.ts';

const env = readEnv(authorizerEnv);
const secrets = secretReader(Date.now);

export const handler = makeAuthorizer({
  authenticators: [adminAuthenticator(() => secrets(env.ADMIN_TOKEN_SECRET_ID))],
});
