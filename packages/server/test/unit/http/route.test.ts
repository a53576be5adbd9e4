import { describe, expect, test } from 'vitest';
import { pathFinder, type Route, shadowing } from '../../../src/http/route.ts';

const table = [
  route('GET', '/'),
  route('GET', '/users'),
  route('GET', '/users/me'),
  route('GET', '/users/:id'),
  route('DELETE', '/users/:id'),
  route('POST', '/users/:id/keys/:key'),
  route('GET', '/.well-known/keys.json'),
];
const routesAt = pathFinder(table, (path) => [path, `/base${path}`]);

describe('the routes of a path', () => {
  test.each([
    ['/', ['GET /']],
    ['/users', ['GET /users']],
    ['/users/?a=/b', ['GET /users']],
    ['/users/7', ['GET /users/:id', 'DELETE /users/:id']],
    ['/users/a%2Fb#c', ['GET /users/:id', 'DELETE /users/:id']],
    ['/users/me', ['GET /users/me']],
    ['/%75sers/%6de', ['GET /users/me']],
    ['/base/users/1/keys/2', ['POST /users/:id/keys/:key']],
    ['/users//', []],
    ['/users/1/keys', []],
    ['/Users', []],
    ['/.well-known/keysxjson', []],
    ['/%zz', []],
  ])('are found for %s', (url, expected) => {
    expect(routesAt(url).map(({ method, path }) => `${method} ${path}`)).toEqual(expected);
  });
});

test('a path with a name keeps the methods of the path with a parameter away', () => {
  expect(shadowing(table)).toEqual([{ path: '/users/me', others: ['DELETE'], found: [table[2]] }]);
});

function route(method: Route['method'], path: string): Route {
  return { method, path, handle: () => ({ status: 200, headers: {}, body: '' }), refusals: 'api' };
}
