import { describe, expect, test } from 'vitest';
import { openApiDocument, operations } from '../../src/index.js';

const document = openApiDocument(operations(), { version: '1.2.3' });
const paths = document['paths'] as Record<string, Record<string, Record<string, unknown>>>;

describe('the OpenAPI document', () => {
  test('has every operation under its own name', () => {
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map((operation) => operation['operationId']),
    );
    expect(ids.sort()).toEqual(
      operations()
        .map(({ name }) => name)
        .sort(),
    );
  });

  test('is the same text every time it is printed', () => {
    expect(JSON.stringify(openApiDocument(operations(), { version: '1.2.3' }))).toBe(JSON.stringify(document));
  });

  test('points only to what it holds', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(references)).toEqual(new Set(['#/components/schemas/Problem']));
  });

  test('says which scope an operation needs, and that a body is needed where one is', () => {
    expect(paths['/admin/clients']?.['post']).toMatchObject({
      security: [{ bearer: ['admin:clients:write'] }],
      requestBody: { required: true },
      responses: { 201: {}, 400: {}, 409: {} },
    });
    expect(paths['/admin/clients/{client_id}/regenerate-secret']?.['post']).toMatchObject({
      requestBody: { required: false },
    });
    expect(paths['/admin/health']?.['get']).toMatchObject({ security: [] });
  });

  test('puts the older routes below the prefix that the server is set to', () => {
    const moved = openApiDocument(operations(), { version: '1', apiPrefix: '/v9' })['paths'] as object;
    expect(Object.keys(moved)).toContain('/v9/users/{user_id}');
  });
});
