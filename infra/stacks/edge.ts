import { CfnOutput, Duration, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginRequestPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config.ts';
import { enterName } from '../constructs/enter-name.ts';

export interface EdgeStackProps extends StackProps {
  readonly edge: NonNullable<StageConfig['edge']>;
  /** Host name of the API, where CloudFront asks. */
  readonly origin: string;
}

/** The longest that CloudFront waits without a higher quota; the API itself answers within 30 seconds. */
const READ_TIMEOUT = Duration.seconds(60);

/** CloudFront with a firewall before the API. It keeps nothing: answers depend on who asks, and are never cached. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, { edge, origin, ...props }: EdgeStackProps) {
    super(scope, id, props);
    const distribution = new Distribution(this, 'Distribution', {
      comment: this.stackName,
      domainNames: [edge.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', edge.certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      webAclId: this.#firewall(edge.requestsPer5Minutes).attrArn,
      defaultBehavior: {
        origin: new HttpOrigin(origin, { readTimeout: READ_TIMEOUT }),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        // Tokens are in headers; `Host` must be the API's own name.
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      },
    });
    Validations.of(distribution).acknowledge(
      {
        id: 'AwsSolutions::AwsSolutions-CFR1',
        reason: 'CI runs anywhere; who may push is decided by tokens, not by countries.',
      },
      {
        id: 'AwsSolutions::AwsSolutions-CFR3',
        reason: 'The access log of the API has every request that passes.',
      },
    );
    enterName(this, edge, new CloudFrontTarget(distribution));
    new CfnOutput(this, 'EdgeUrl', { value: `https://${edge.name}` });
    new CfnOutput(this, 'EdgeHost', { value: distribution.distributionDomainName });
  }

  /**
   * Addresses of bad repute, and too many requests. The rules that look into bodies are left out: manifests and charts'
   * values are full of what they take for attacks, and an artifact is larger than they let pass.
   */
  #firewall(requestsPer5Minutes: number): CfnWebACL {
    return new CfnWebACL(this, 'Firewall', {
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      visibilityConfig: visibility('firewall'),
      rules: [
        {
          name: 'bad-repute',
          priority: 0,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesAmazonIpReputationList' },
          },
          visibilityConfig: visibility('bad-repute'),
        },
        {
          name: 'too-many-requests',
          priority: 1,
          action: { block: {} },
          statement: { rateBasedStatement: { limit: requestsPer5Minutes, aggregateKeyType: 'IP' } },
          visibilityConfig: visibility('too-many-requests'),
        },
      ],
    });
  }
}

function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
