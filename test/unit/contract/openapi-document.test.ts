import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { documentedPath, openApiDocument } from '../../../shared/contract/openapi/document.ts';
import { OPERATION_SHAPES } from '../../../shared/contract/openapi/operation-shapes.ts';
import { ROUTES } from '../../../shared/contract/routes.ts';

const document = openApiDocument('1.2.3');
const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ key: `${method.toUpperCase()} ${path}`, operation })),
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it('has every route, and beside them what lies below an id, nothing else', () => {
    const routes = ROUTES.map((route) => `${route.method} ${documentedPath(route)}`);
    const below = ROUTES.flatMap((route) =>
      Object.keys(OPERATION_SHAPES[route.operation].below ?? {}).map(
        (suffix) => `${route.method} ${documentedPath(route)}${suffix}`,
      ),
    );
    expect(operations.map(({ key }) => key).sort()).toEqual([...routes, ...below].sort());
  });

  it('names each operation once', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says of every operation how it fails, the gateway’s own answers among them', () => {
    for (const { key, operation } of operations) {
      const statuses = Object.keys(operation.responses ?? {});
      expect({ key, statuses }).toEqual({
        key,
        statuses: expect.arrayContaining(['400', '413', '429', '500', '503']),
      });
    }
    expect(document.components?.responses?.['ContentTooLarge']).toMatchObject({
      content: { 'application/problem+json': {}, 'application/json': {} },
    });
  });

  it('says nothing that a JSON document can’t', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
