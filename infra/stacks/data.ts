import { CfnOutput, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { TABLE } from '../../shared/contract/table.ts';

/** What must outlive every deployment: the table and the secrets. Nothing here is ever deleted by a stack. */
export class DataStack extends Stack {
  readonly table: Table;
  /** Its value is the credential that may push to the GitOps repos: a token, or JSON as in docs/deploy.md. */
  readonly gitToken: Secret;
  /** Its value is the private key that signs commits, as `ssh-keygen` writes it. */
  readonly signingKey: Secret;
  /** Its value is a JSON object of hosts that charts come from, each with `user:password`. */
  readonly chartCredentials: Secret;
  /** Its value is a JSON object of what notification channels need, by the names that the settings have for it. */
  readonly notificationSecrets: Secret;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.table = this.#makeTable();
    this.gitToken = new Secret(this, 'GitToken', {
      description:
        'What may push to the GitOps repos, a token or JSON; random until the operator puts the true one',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.signingKey = new Secret(this, 'SigningKey', {
      description: 'The private key that signs commits, OpenSSH; random until the operator puts a key',
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.chartCredentials = new Secret(this, 'ChartCredentials', {
      description: 'Credentials for private charts, user:password by host, as JSON',
      // An object that names no host, whatever is generated into it.
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'no-host' },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.notificationSecrets = new Secret(this, 'NotificationSecrets', {
      description: 'Keys and URLs of notification channels by name, as JSON',
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'no-channel' },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const secrets = [this.gitToken, this.signingKey, this.chartCredentials, this.notificationSecrets];
    for (const secret of secrets) {
      Validations.of(secret).acknowledge({
        id: 'AwsSolutions::AwsSolutions-SMG4',
        reason: 'The secret is issued elsewhere: rotating its copy here alone would lock the product out.',
      });
    }
    new CfnOutput(this, 'TableName', { value: this.table.tableName });
    new CfnOutput(this, 'GitTokenSecret', { value: this.gitToken.secretName });
    new CfnOutput(this, 'SigningKeySecret', { value: this.signingKey.secretName });
    new CfnOutput(this, 'ChartCredentialsSecret', { value: this.chartCredentials.secretName });
    new CfnOutput(this, 'NotificationSecretsSecret', { value: this.notificationSecrets.secretName });
  }

  /** A table of one region: replicas elsewhere would break compare-and-swap, on which everything rests. */
  #makeTable(): Table {
    const table = new Table(this, 'Table', {
      partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE.sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: TABLE.expiryAttribute,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const [indexName, { partitionKey, sortKey, projection }] of Object.entries(TABLE.indexes)) {
      table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        ...projectionOf(projection),
      });
    }
    return table;
  }
}

function projectionOf(of: 'all' | 'keys' | readonly string[]) {
  if (of === 'all') return { projectionType: ProjectionType.ALL };
  if (of === 'keys') return { projectionType: ProjectionType.KEYS_ONLY };
  return { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...of] };
}
