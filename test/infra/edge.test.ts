import { describe, expect, test } from 'vitest';
import { parseStage } from '../../infra/config.ts';
import { ofType, resolved, SETTINGS, synthesise, theOne } from './synthesised.ts';

const certificate = (region: string) => `arn:aws:acm:${region}:123456789012:certificate/0000-1111`;
const hostedZone = { id: 'Z0123456789', name: 'example.com' };
const domain = { name: 'api.example.com', certificateArn: certificate('eu-west-1'), hostedZone };
const edge = { name: 'gimletd.example.com', certificateArn: certificate('us-east-1'), hostedZone };
const stage = { account: '123456789012', region: 'eu-west-1' };

describe('a name of one’s own', () => {
  const { service } = synthesise({ ...stage, domain });

  test('leads to the API, which answers to no other', () => {
    const [, name] = theOne(service, 'AWS::ApiGatewayV2::DomainName', /./);
    expect(name.Properties).toMatchObject({
      DomainName: 'api.example.com',
      DomainNameConfigurations: [
        { CertificateArn: domain.certificateArn, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
      ],
    });
    const [apiId, api] = theOne(service, 'AWS::ApiGatewayV2::Api', /./);
    expect(api.Properties.DisableExecuteApiEndpoint).toBe(true);
    const [, mapping] = theOne(service, 'AWS::ApiGatewayV2::ApiMapping', /./);
    expect(resolved(mapping.Properties.ApiId)).toBe(apiId);
  });

  test('is entered into its zone for both versions of IP', () => {
    const records = ofType(service, 'AWS::Route53::RecordSet').map(([, { Properties }]) => Properties);
    expect(records.map(({ Name, Type, HostedZoneId }) => [Name, Type, HostedZoneId]).sort()).toEqual([
      ['api.example.com.', 'A', 'Z0123456789'],
      ['api.example.com.', 'AAAA', 'Z0123456789'],
    ]);
  });

  test('is not needed, nor a zone', () => {
    const plain = synthesise(stage).service;
    expect(ofType(plain, 'AWS::ApiGatewayV2::DomainName')).toEqual([]);
    expect(
      theOne(plain, 'AWS::ApiGatewayV2::Api', /./)[1].Properties.DisableExecuteApiEndpoint,
    ).toBeUndefined();
    const { hostedZone: _, ...unentered } = domain;
    expect(ofType(synthesise({ ...stage, domain: unentered }).service, 'AWS::Route53::RecordSet')).toEqual(
      [],
    );
  });
});

describe('the edge', () => {
  const { edge: resources } = synthesise({ ...stage, domain, edge: { ...edge, requestsPer5Minutes: 70 } });
  const [, { Properties: distribution }] = theOne(resources, 'AWS::CloudFront::Distribution', /./);
  const { DistributionConfig: config } = distribution;

  test('asks the API by its name, keeps nothing, and lets headers and bodies through', () => {
    expect(config.Aliases).toEqual(['gimletd.example.com']);
    expect(config.Origins).toEqual([
      expect.objectContaining({
        DomainName: 'api.example.com',
        CustomOriginConfig: expect.objectContaining({ OriginProtocolPolicy: 'https-only' }),
      }),
    ]);
    expect(config.DefaultCacheBehavior).toMatchObject({
      ViewerProtocolPolicy: 'https-only',
      AllowedMethods: expect.arrayContaining(['GET', 'PUT', 'POST', 'PATCH', 'DELETE']),
      // AWS's own: CachingDisabled, AllViewerExceptHostHeader.
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    });
  });

  test('stands behind a firewall that counts requests and never looks into bodies', () => {
    const [id, { Properties: firewall }] = theOne(resources, 'AWS::WAFv2::WebACL', /./);
    expect(resolved(config.WebACLId)).toBe(`${id}.Arn`);
    expect(firewall.Scope).toBe('CLOUDFRONT');
    const [repute, rate, ...others] = firewall.Rules;
    expect(repute.Statement.ManagedRuleGroupStatement.Name).toBe('AWSManagedRulesAmazonIpReputationList');
    expect(rate).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { Limit: 70, AggregateKeyType: 'IP' } },
    });
    expect(others).toEqual([]);
  });

  test('is not there unless it is asked for', () => {
    expect(synthesise({ ...stage, domain }).edge).toEqual({});
  });

  test.each([
    ['without a domain', { edge }, /edge: needs domain/],
    [
      'by the name of the domain',
      { domain, edge: { ...edge, name: domain.name } },
      /edge\.name: must be another/,
    ],
    [
      'with a certificate from elsewhere',
      { domain, edge: { ...edge, certificateArn: certificate('eu-west-1') } },
      /edge\.certificateArn: must be a certificate of us-east-1/,
    ],
    [
      'and a domain whose certificate is from elsewhere',
      { ...stage, domain: { ...domain, certificateArn: certificate('eu-north-1') } },
      /domain\.certificateArn: must be a certificate of eu-west-1/,
    ],
    ['with no host name', { domain: { ...domain, name: 'https://x' } }, /domain\.name: must be a host name/],
  ])('%s is refused with the field’s name', (_, fields, message) => {
    expect(() => parseStage('prod', JSON.stringify({ settings: SETTINGS, ...fields }))).toThrow(message);
  });
});
