import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { createResourceGuard, type TokenVerifier, type VerifiedToken } from '../../src/jwt.js';
import { refused } from '../../src/resource/token-verifier.js';

/**
 * The guard as people write it who annotate nothing, compiled against the types of each framework (`npm run typecheck`) and run. Every
 * handler reads `subject` from the token: where the types were missing it would not compile.
 */

const verifier: TokenVerifier = {
  verify: async (token) => {
    if (token !== 'good') throw refused('signature');
    return { subject: 'alice', clientId: 'cli', scopes: ['read'], claims: {}, via: 'signature' };
  },
  forget: async () => undefined,
};
const guard = createResourceGuard({ verifier, scopes: ['read'] });
const closing: (() => unknown)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function expectGuarded(ask: (token: string) => Response | Promise<Response>): Promise<void> {
  const good = await ask('good');
  expect([good.status, await good.text()]).toEqual([200, 'alice']);
  const bad = await ask('bad');
  expect(bad.status).toBe(401);
  expect(bad.headers.get('www-authenticate')).toContain('error="invalid_token"');
  expect(await bad.json()).toMatchObject({ error: 'invalid_token' });
}

describe('the guard', () => {
  it('knows the request and the response of node:http', async () => {
    const url = await listen(
      createServer(
        guard.node((request, response, token) => {
          response.setHeader('x-from', String(request.socket.remotePort));
          response.end(token.subject);
        }),
      ),
    );
    await expectGuarded((token) => fetch(url, withToken(token)));
  });

  it('gives Express its request.auth', async () => {
    const app = express();
    app.use(guard.express());
    app.get('/', (request, response) => void response.send(request.auth?.subject));
    app.get('/more', guard.express({ scopes: ['write'] }), (request, response) => void response.send(request.auth));
    const url = await listen(createServer(app));
    await expectGuarded((token) => fetch(url, withToken(token)));
  });

  it('gives Fastify its request.auth', async () => {
    const app = Fastify();
    closing.push(() => app.close());
    app.addHook('onRequest', guard.fastify());
    app.get('/', { preHandler: guard.fastify() }, (request, reply) => reply.send(request.auth?.subject));
    await expectGuarded(async (token) => {
      const { statusCode, body, headers } = await app.inject({ url: '/', ...withToken(token) });
      return new Response(body, {
        status: statusCode,
        headers: { 'www-authenticate': String(headers['www-authenticate']) },
      });
    });
  });

  it('takes the Request of Hono, and anything that Hono answers', async () => {
    const app = new Hono();
    app.get('/', (context) => guard.fetch((_request, token) => context.text(token.subject ?? ''))(context.req.raw));
    await expectGuarded((token) => app.request('/', withToken(token)));
  });

  it('is a route handler of Next.js, whose request is a Request with more, and whose second argument is kept', async () => {
    class NextRequest extends Request {
      readonly nextUrl = new URL(this.url);
    }
    const GET = guard.fetch(
      async (request: NextRequest, token, context: { readonly params: Promise<{ readonly id: string }> }) =>
        Response.json([token.subject, request.nextUrl.pathname, (await context.params).id]),
    );
    const context = { params: Promise.resolve({ id: '7' }) };
    const answer = await GET(new NextRequest('https://api.example.com/vms/7', withToken('good')), context);
    expect(await answer.json()).toEqual(['alice', '/vms/7', '7']);
    expect((await GET(new NextRequest('https://api.example.com/vms/7'), context)).status).toBe(401);
  });

  it('is the fetch of a worker, with its environment', async () => {
    interface Environment {
      readonly greeting: string;
    }
    const worker: { fetch(request: Request, env: Environment): Promise<Response> } = {
      fetch: guard.fetch((_request, token, env: Environment) => new Response(`${env.greeting}${token.subject}`)),
    };
    await expectGuarded((token) =>
      worker.fetch(new Request('https://api.example.com', withToken(token)), { greeting: '' }),
    );
  });

  it('decides about a web Request as about any other', async () => {
    const decision = await guard.decide(new Request('https://api.example.com', withToken('good')));
    expect(decision).toMatchObject({ allowed: true, token: { subject: 'alice' } satisfies Partial<VerifiedToken> });
    expect(await guard.decide(new Request('https://api.example.com'))).toMatchObject({
      allowed: false,
      refusal: { status: 401 },
    });
  });
});
