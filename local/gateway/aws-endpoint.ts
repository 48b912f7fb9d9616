import { LAMBDA_API_PREFIX, type LambdaApiOptions, lambdaApi } from './lambda-api.ts';
import { type Listener, listen } from './listen.ts';
import { type SecretsManagerOptions, secretsManager } from './secrets-manager.ts';

/**
 * The AWS services that functions call and that no emulator of ours has: Lambda (Invoke) and Secrets Manager
 * (GetSecretValue), both on one port. Functions find it by `AWS_ENDPOINT_URL_LAMBDA` and `_SECRETS_MANAGER`.
 */
export function startAwsEndpoint(
  options: LambdaApiOptions & { readonly secrets: SecretsManagerOptions },
): Promise<Listener> {
  const lambda = lambdaApi(options);
  const secrets = secretsManager(options.secrets);
  return listen(
    0,
    (request, response) => (request.url?.startsWith(LAMBDA_API_PREFIX) ? lambda : secrets)(request, response),
    options.report,
  );
}
