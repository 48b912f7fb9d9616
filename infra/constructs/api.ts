import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  ApiMapping,
  type CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaAuthorizer, HttpLambdaResponseType } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { routeThrottles, type Throttle } from '../../shared/contract/route-throttle.ts';
import { ROUTES } from '../../shared/contract/routes.ts';
import type { StageConfig } from '../config.ts';
import { enterName } from './enter-name.ts';
import type { ServiceFunction } from './service-function.ts';

/** A function that answers HTTP requests. */
type ApiFunctionName = (typeof ROUTES)[number]['function'];

export interface ApiProps {
  readonly functions: Readonly<Record<ApiFunctionName | 'authorizer', ServiceFunction>>;
  readonly throttle: Throttle;
  readonly logRetention: RetentionDays;
  readonly domain?: StageConfig['domain'];
}

/** Field → API Gateway's variable. Neither headers nor queries: they may carry what must not be kept. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  userAgent: '$context.identity.userAgent',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  authorizerError: '$context.authorizer.error',
  integrationError: '$context.integrationErrorMessage',
};

/** The HTTP API: every route of the contract, each behind the authorizer. */
export class Api extends Construct {
  readonly httpApi: HttpApi;
  readonly url: string;

  constructor(scope: Construct, id: string, { functions, throttle, logRetention, domain }: ApiProps) {
    super(scope, id);
    this.httpApi = new HttpApi(this, 'Http', {
      createDefaultStage: false,
      // With a name of its own it answers to that alone.
      ...(domain && { disableExecuteApiEndpoint: true }),
      // Paths that no route has: a handler answers 404 in the shape of every other answer.
      defaultIntegration: new HttpLambdaIntegration('unknown-paths', functions.releases.lambda),
      defaultAuthorizer: authorizer(functions.authorizer),
    });
    const routes = [...Map.groupBy(ROUTES, (route) => route.function)].flatMap(([name, ofFunction]) => {
      const integration = integrate(name, functions[name]);
      return ofFunction.flatMap(({ method, path }) =>
        this.httpApi.addRoutes({ path, methods: [HttpMethod[method]], integration }),
      );
    });
    const stage = this.#addStage(throttle, logRetention);
    throttleRoutes(stage, throttle);
    // A throttle of a route that is not there yet is refused.
    stage.node.addDependency(...routes);
    if (domain) this.#addName(domain, stage);
    this.url = domain ? `https://${domain.name}` : this.httpApi.apiEndpoint;
  }

  #addName(domain: NonNullable<ApiProps['domain']>, stage: HttpStage): void {
    const name = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new ApiMapping(this, 'Mapping', { api: this.httpApi, domainName: name, stage });
    const { regionalDomainName, regionalHostedZoneId } = name;
    enterName(this, domain, new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId));
  }

  #addStage(throttle: Throttle, retention: RetentionDays): HttpStage {
    const log = new LogGroup(this, 'AccessLog', { retention, removalPolicy: RemovalPolicy.DESTROY });
    return new HttpStage(this, 'Stage', {
      httpApi: this.httpApi,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: throttle.perSecond, burstLimit: throttle.burst },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}

/** What a route takes that may not take all: CDK has no words of its own for it. */
function throttleRoutes(stage: HttpStage, whole: Throttle): void {
  const settings = [...routeThrottles(whole)].map(([routeKey, { perSecond, burst }]) => [
    routeKey,
    { ThrottlingRateLimit: perSecond, ThrottlingBurstLimit: burst, DetailedMetricsEnabled: true },
  ]);
  const resource = stage.node.defaultChild as CfnStage;
  resource.addPropertyOverride('RouteSettings', Object.fromEntries(settings));
}

/**
 * One permission for all routes of a function: one a route would outgrow the size of a function's policy. It does not
 * cover `$default`, which therefore has an integration with a permission of its own.
 */
function integrate(name: ApiFunctionName, { lambda }: ServiceFunction): HttpLambdaIntegration {
  return new HttpLambdaIntegration(name, lambda, { scopePermissionToRoute: false });
}

/**
 * An answer is never cached: a cached one would hold for every route. No identity source: with one, API Gateway
 * itself would answer a request without a token, in a shape of its own.
 */
function authorizer({ lambda }: ServiceFunction): HttpLambdaAuthorizer {
  return new HttpLambdaAuthorizer('authorizer', lambda, {
    responseTypes: [HttpLambdaResponseType.SIMPLE],
    identitySource: [],
    resultsCacheTtl: Duration.seconds(0),
  });
}
