import {
  AaaaRecord,
  ARecord,
  HostedZone,
  type IAliasRecordTarget,
  RecordTarget,
} from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';

/** Enters a name into its hosted zone, if one is given, for both versions of IP. */
export function enterName(
  scope: Construct,
  {
    name,
    hostedZone,
  }: { readonly name: string; readonly hostedZone?: { id: string; name: string } | undefined },
  target: IAliasRecordTarget,
): void {
  if (!hostedZone) return;
  const zone = HostedZone.fromHostedZoneAttributes(scope, 'Zone', {
    hostedZoneId: hostedZone.id,
    zoneName: hostedZone.name,
  });
  const record = { zone, recordName: `${name}.`, target: RecordTarget.fromAlias(target) };
  new ARecord(scope, 'Ipv4', record);
  new AaaaRecord(scope, 'Ipv6', record);
}
