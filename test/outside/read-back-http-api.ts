import { routeThrottles } from '../../shared/contract/route-throttle.ts';
import { ROUTES } from '../../shared/contract/routes.ts';
import type { Aws } from './aws-cli.ts';
import { byName, type Comparison, chosen, type Deployed, type Json, mapOfType } from './comparison.ts';

const AUTHORIZER = 'AWS::ApiGatewayV2::Authorizer';

/** The HTTP API with all that is in it, held against our template and against the contract. */
export async function httpApi(aws: Aws, deployed: Deployed): Promise<Comparison[]> {
  const answered = await read(aws, deployed);
  return [
    asTold('Api', 'ApiId', deployed, answered.apis),
    asTold('Integration', 'IntegrationId', deployed, answered.integrations),
    asTold('Authorizer', 'AuthorizerId', deployed, answered.authorizers),
    asTold('Route', 'RouteId', deployed, answered.routes),
    asTold('Stage', 'StageName', deployed, answered.stages),
    routesOfContract(deployed, answered),
    throttlesOfContract(answered),
  ];
}

interface Answered {
  readonly apis: readonly Json[];
  readonly integrations: readonly Json[];
  readonly authorizers: readonly Json[];
  readonly routes: readonly Json[];
  readonly stages: readonly Json[];
}

async function read(aws: Aws, deployed: Deployed): Promise<Answered> {
  const list = async (...args: readonly string[]) =>
    (await aws<{ Items: Json[] }>('apigatewayv2', ...args)).Items;
  const apis = await list('get-apis');
  const ofApis = async (operation: string) =>
    (await Promise.all(apis.map(({ ApiId }) => list(operation, '--api-id', ApiId)))).flat();
  // moto lists no authorizers.
  const authorizersOf = Object.values(
    mapOfType(deployed, AUTHORIZER, ({ Properties }, id) =>
      aws<Json>('apigatewayv2', 'get-authorizer', '--api-id', Properties.ApiId, '--authorizer-id', id),
    ),
  );
  const [integrations, routes, stages, authorizers] = await Promise.all([
    ofApis('get-integrations'),
    ofApis('get-routes'),
    ofApis('get-stages'),
    Promise.all(authorizersOf),
  ]);
  return { apis, integrations, authorizers, routes, stages };
}

/** Each property of our template; of which API a thing is, was asked for, and is not in the answers. */
function asTold(kind: string, ref: string, deployed: Deployed, answers: readonly Json[]): Comparison {
  const expected = mapOfType(deployed, `AWS::ApiGatewayV2::${kind}`, ({ Properties }) => {
    const { ApiId, ...properties } = Properties;
    return properties;
  });
  const aws = byName(answers, ref, (answer) => chosen(answer, Object.keys(expected[answer[ref]] ?? {})));
  return { what: `HTTP API, ${kind}`, expected, aws };
}

/** Each route of the contract once, and one for other paths: what function answers it, and what says who asks. */
function routesOfContract(
  { resources, names }: Deployed,
  { routes, integrations, authorizers }: Answered,
): Comparison {
  const functionIds = Object.entries(names).filter(([id]) => resources[id]?.Type === 'AWS::Lambda::Function');
  // `releasesFunction79F95B11` is the function `releases`.
  const functionOf = (uri = '') =>
    functionIds
      .find(([, name]) => uri.includes(`:function:${name}`))?.[0]
      .replace(/Function[0-9A-F]{8}$/, '');
  const lead = ({ Target, AuthorizationType, AuthorizerId }: Json) => {
    const integration = integrations.find(({ IntegrationId }) => Target === `integrations/${IntegrationId}`);
    const authorizer = authorizers.find((each) => each['AuthorizerId'] === AuthorizerId);
    return {
      function: functionOf(integration?.['IntegrationUri']),
      type: AuthorizationType,
      authorizer: functionOf(authorizer?.['AuthorizerUri']),
    };
  };
  const behind = (name: string) => [{ function: name, type: 'CUSTOM', authorizer: 'authorizer' }];
  const told = ROUTES.map((route) => [`${route.method} ${route.path}`, behind(route.function)]);
  const answered = Map.groupBy(routes, ({ RouteKey }) => String(RouteKey));
  return {
    what: 'routes of the contract',
    expected: { ...Object.fromEntries(told), $default: behind('releases') },
    aws: Object.fromEntries([...answered].map(([key, list]) => [key, list.map(lead)])),
  };
}

/** What of all that the stage takes each route takes that has a share. */
function throttlesOfContract({ stages }: Answered): Comparison {
  const [{ DefaultRouteSettings, RouteSettings } = {}] = stages;
  const throttle = (settings: Json | undefined) => ({
    perSecond: settings?.['ThrottlingRateLimit'],
    burst: settings?.['ThrottlingBurstLimit'],
  });
  const answered: [string, Json][] = Object.entries(RouteSettings ?? {});
  return {
    what: 'throttles of the contract',
    expected: Object.fromEntries(routeThrottles(throttle(DefaultRouteSettings))),
    aws: Object.fromEntries(answered.map(([key, settings]) => [key, throttle(settings)])),
  };
}
