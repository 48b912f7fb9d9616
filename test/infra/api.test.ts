import { describe, expect, test } from 'vitest';
import { routeThrottles } from '../../shared/contract/route-throttle.ts';
import { ROUTES, type Route } from '../../shared/contract/routes.ts';
import { isLike, ofType, type Resource, resolved, synthesise, theOne } from './synthesised.ts';

const { service } = synthesise({ throttle: { perSecond: 7, burst: 9 } });
const routes = ofType(service, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties);
const [authorizerId, authorizer] = theOne(service, 'AWS::ApiGatewayV2::Authorizer', /./);

/** Logical id of the function behind a route, such as `GET /api/status`. */
function behind(routeKey: string): string {
  const route = routes.find(({ RouteKey }) => RouteKey === routeKey);
  const integration = service[resolved(route?.Target).replace('integrations/', '')];
  return resolved(integration?.Properties.IntegrationUri).replace('.Arn', '');
}

describe('the HTTP API', () => {
  test('has the routes of the contract, and one for every other path', () => {
    const expected = [...ROUTES.map(({ method, path }) => `${method} ${path}`), '$default'];
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual(expected.sort());
  });

  test.each(ROUTES)('answers $method $path by the function $function', ({ method, path, function: name }) => {
    expect(behind(`${method} ${path}`)).toMatch(new RegExp(`^${name}Function`));
  });

  test('answers unknown paths by a function too, so that they look like every answer', () => {
    expect(behind('$default')).toMatch(/^releasesFunction/);
  });

  test('speaks payload 2.0, which the handlers read', () => {
    const integrations = ofType(service, 'AWS::ApiGatewayV2::Integration');
    expect(new Set(integrations.map(([, { Properties }]) => Properties.PayloadFormatVersion))).toEqual(
      new Set(['2.0']),
    );
  });

  test('may invoke the function behind each of its routes', () => {
    for (const { RouteKey } of routes) {
      const [method, path] = RouteKey.split(' ');
      // What API Gateway calls a route when it invokes its function.
      const arn = path ? `/$default/${method}${path.replaceAll(/\{.*?\}/g, 'x/y')}` : '/$default/$default';
      const patterns = permissionsOf(behind(RouteKey));
      expect({ RouteKey, covered: patterns.some((pattern) => isLike(arn, pattern)) }).toEqual({
        RouteKey,
        covered: true,
      });
    }
  });

  test('slows down those who ask too often', () => {
    expect(stage().Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 7,
      ThrottlingBurstLimit: 9,
    });
  });

  test('takes less of what does much, and of what anybody may ask', () => {
    const { service: whole } = synthesise({ throttle: { perSecond: 100, burst: 200 } });
    const [, stage] = theOne(whole, 'AWS::ApiGatewayV2::Stage', /./);
    const settings = stage.Properties.RouteSettings as Record<string, unknown>;
    const shared = ROUTES.flatMap((route: Route) => (route.share === undefined ? [] : [route]));
    expect(Object.keys(settings)).toEqual(shared.map(({ method, path }) => `${method} ${path}`));
    expect(settings['POST /api/promote']).toEqual({
      ThrottlingRateLimit: 20,
      ThrottlingBurstLimit: 40,
      DetailedMetricsEnabled: true,
    });
    for (const { path } of ROUTES.filter(({ action }) => action === 'open')) {
      expect(Object.keys(settings)).toContain(`GET ${path}`);
    }
    const ids = ofType(whole, 'AWS::ApiGatewayV2::Route').map(([id]) => id);
    const missing = ids.filter((id) => !stage.DependsOn?.includes(id));
    expect(missing.map((id) => whole[id]?.Properties.RouteKey)).toEqual(['$default']);
  });

  test('closes no route, however little the whole takes', () => {
    const throttles = [...routeThrottles({ perSecond: 1, burst: 1 }).values()];
    expect(throttles).toEqual(throttles.map(() => ({ perSecond: 1, burst: 1 })));
  });

  test('logs each request without its headers and its query, where tokens would be', () => {
    const format = stage().Properties.AccessLogSettings.Format;
    expect(JSON.parse(format)).toMatchObject({ requestId: '$context.requestId', status: '$context.status' });
    expect(format).not.toMatch(/header|query/i);
  });
});

describe('the authorizer', () => {
  test('stands before every route, unknown paths too', () => {
    for (const { RouteKey, AuthorizationType, AuthorizerId } of routes) {
      expect({ RouteKey, AuthorizationType, id: resolved(AuthorizerId) }).toEqual({
        RouteKey,
        AuthorizationType: 'CUSTOM',
        id: authorizerId,
      });
    }
  });

  test('is asked each time, with or without a token, and gives simple answers', () => {
    expect(authorizer.Properties).toMatchObject({
      AuthorizerPayloadFormatVersion: '2.0',
      AuthorizerResultTtlInSeconds: 0,
      EnableSimpleResponses: true,
      IdentitySource: [],
    });
  });
});

function stage(): Resource {
  return theOne(service, 'AWS::ApiGatewayV2::Stage', /./)[1];
}

/** What of an API's ARN, after the API's id, the gateway may invoke a function for. */
function permissionsOf(functionId: string): string[] {
  return ofType(service, 'AWS::Lambda::Permission')
    .filter(([, { Properties }]) => resolved(Properties.FunctionName) === `${functionId}.Arn`)
    .map(([, { Properties }]) => resolved(Properties.SourceArn))
    .flatMap((arn) => /^arn:.*:execute-api:[^/]*(\/.*)$/.exec(arn)?.[1] ?? []);
}
