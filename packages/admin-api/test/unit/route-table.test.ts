import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { exchanges, operations, routePath, routes } from '../../src/index.js';
import { replyKeys } from '../../src/reply-keys.js';

describe('the route table', () => {
  test('no two operations share a method and a path', () => {
    const places = operations().map((operation) => `${operation.method} ${operation.mount} ${operation.path}`);
    expect(new Set(places).size).toBe(places.length);
  });

  test('every parameter of a path has a schema, and every schema of a parameter its place in the path', () => {
    for (const operation of operations()) {
      const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const described = operation.params ? Object.keys(operation.params.shape) : [];
      expect(described.sort(), operation.name).toEqual(inPath.sort());
    }
  });

  // Types say the same; this holds for whoever casts.
  test('whatever is for administrators asks for a scope, and nothing else does', () => {
    for (const operation of operations())
      expect(operation.scope !== undefined, operation.name).toBe(operation.access === 'administrator');
  });

  test('nothing below /admin is open to people who are no administrators, but a greeting and the way in', () => {
    const open = operations().filter(({ mount, access }) => mount === 'root' && access !== 'administrator');
    expect(open.map(({ name, access }) => [name, access])).toEqual([
      ['adminHealth', 'anyone'],
      ['adminAuthenticate', 'anyone'],
    ]);
  });

  test('what changes something asks for a write scope, what reads for a read scope', () => {
    for (const operation of operations()) {
      if (!operation.scope) continue;
      expect(operation.scope.endsWith(operation.method === 'GET' ? ':read' : ':write'), operation.name).toBe(true);
    }
  });

  test('an operation without an answer is one that answers 204', () => {
    for (const operation of operations())
      expect(operation.reply === undefined, operation.name).toBe(operation.status === 204);
  });

  test('no answer has a field for a hash of a secret', () => {
    const names = operations().flatMap((operation) =>
      JSON.stringify(operation.reply?.toJSONSchema({ unrepresentable: 'any' }) ?? ''),
    );
    expect(names.join()).not.toMatch(/(?:secret|password|key)_hash/);
  });

  test('the keys by which an answer is recognised are never left out by the schema of the answer', () => {
    for (const { name, reply, counted } of operations()) {
      const keys: readonly string[] = replyKeys[name];
      expect(keys.length > 0, name).toBe(reply !== undefined);
      if (!reply) continue;
      const one = counted ? (reply as z.ZodArray<z.ZodObject>).element : (reply as z.ZodObject);
      for (const key of keys) expect(one.shape[key]?.safeParse(undefined).success, `${name}.${key}`).toBe(false);
    }
  });

  test('the names of routes and of exchanges are the same', () => {
    expect(Object.keys(exchanges).sort()).toEqual(Object.keys(routes).sort());
  });
});

describe('filling a path', () => {
  test('a value cannot leave its segment', () => {
    expect(routePath(routes.getClient, { client_id: 'a/../b?c#d' })).toBe('/admin/clients/a%2F..%2Fb%3Fc%23d');
  });

  test('a dot segment is refused, because every URL parser would resolve it away', () => {
    expect(() => routePath(routes.getScope, { scope_name: '..' })).toThrow(/must not be/);
  });

  test('a forgotten parameter is an error', () => {
    expect(() => routePath(routes.getScope, {})).toThrow(/needs scope_name/);
  });

  test('operations below the API prefix follow it', () => {
    expect(routePath(routes.getPasswordStatus)).toBe('/api/v1/auth/password-status');
    expect(routePath(routes.getPasswordStatus, {}, '/v2')).toBe('/v2/auth/password-status');
  });
});
