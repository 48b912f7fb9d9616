import { describe, expect, test } from 'vitest';
import { TABLE } from '../../shared/contract/table.ts';
import { ofType, synthesise, theOne } from './synthesised.ts';

const { data } = synthesise();
const [, table] = theOne(data, 'AWS::DynamoDB::Table', /./);

describe('what must never be lost', () => {
  test('keeps its logical ids, since another id is another, empty table', () => {
    expect(Object.keys(data).sort()).toEqual([
      'ChartCredentials4F0CA952',
      'GitTokenEBEBF15A',
      'NotificationSecretsD253881A',
      'SigningKeyEEFC2790',
      'TableCD117FA1',
    ]);
  });

  test('stays when its stack is deleted or would replace it', () => {
    for (const { DeletionPolicy, UpdateReplacePolicy } of Object.values(data)) {
      expect({ DeletionPolicy, UpdateReplacePolicy }).toEqual({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  test('can be taken back to any second of the last days, and refuses to be deleted', () => {
    expect(table.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});

describe('the table', () => {
  test('has the keys, indexes and expiry of the contract', () => {
    const keys = ({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) => [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ];
    expect(table.Properties.KeySchema).toEqual(keys(TABLE));
    expect(table.Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
    expect(table.Properties.GlobalSecondaryIndexes).toEqual(
      Object.entries(TABLE.indexes).map(([IndexName, index]) => ({
        IndexName,
        KeySchema: keys(index),
        Projection: {
          due: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['mark'] },
          audit: { ProjectionType: 'KEYS_ONLY' },
          ...Object.fromEntries(['gsi1', 'gsi2', 'gsi3'].map((name) => [name, { ProjectionType: 'ALL' }])),
        }[IndexName],
      })),
    );
  });

  test('is paid by request', () => {
    expect(table.Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });
});

describe('the secrets', () => {
  const secrets = ofType(data, 'AWS::SecretsManager::Secret');

  test('have no value in the template', () => {
    for (const [, { Properties }] of secrets) expect(Properties).not.toHaveProperty('SecretString');
  });
});
