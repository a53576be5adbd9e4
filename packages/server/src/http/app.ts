import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from '../ports/context.js';
import type { Answer } from './answer.js';
import { currentNonce } from '../protocol/proof/nonce.js';
import { commonHeaders } from './headers.js';
import { type Incoming, type Origin, incoming } from './incoming.js';
import { assetRoutes } from './pages/assets.js';
import { readLogo } from './pages/logo.js';
import { createShell } from './pages/shell.js';
import { themeOf } from './pages/theme-settings.js';
import { createRefusalTeller } from './tell-refusal.js';
import { refuse } from './refuse.js';
import type { Route } from './route.js';
import { routes } from './routes.js';
import { BODY_LIMIT, readBody } from './server/body.js';
import { createClientAddressReader } from './server/client-address.js';
import { corsHeaders } from './server/cors.js';
import { createHttpServer, type HttpServer } from './server/http-server.js';
import { createRouter } from './server/router.js';
import { answerWriter } from './server/write.js';
import type { Runtime, Web } from './web.js';

export interface AppLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AppOptions {
  readonly runtime: Runtime;
  readonly logger: AppLogger;
  /** Counts the requests of a route: called when one begins, and what that answers with the status when its answer is known. */
  readonly observe?: (method: string, endpoint: string) => () => (status: number) => void;
  /** Runs the work of a request, which answers the status, as a part of a trace. */
  readonly trace?: (about: TracedRequest, work: () => Promise<number>) => Promise<void>;
}

export interface TracedRequest {
  readonly method: string;
  readonly route: string;
  readonly requestId: string;
  readonly traceparent: string | undefined;
}

export interface App extends HttpServer {
  /** The answer to a request, without a connection. */
  answer(request: Incoming): Promise<Answer>;
}

/** It is stored with events and sessions; no browser sends a longer one. */
const LONGEST_USER_AGENT = 500;

/** The HTTP side of the server: routes, headers, refusals. It listens only when told to. */
// @check 265, 276
export function createApp(context: Context, options: AppOptions): App {
  const { logger } = options;
  const { settings } = context;
  const base = new URL(settings.issuer).pathname.replace(/\/$/, '');
  const shell = createShell({ theme: themeOf(settings), logo: readLogo(settings), basePath: base });
  const web: Web = { context, runtime: options.runtime, base, shell };
  const table = [...routes(settings.api_prefix), ...assetRoutes(shell)];
  const find = createRouter(table, base);
  const addresses = createClientAddressReader(settings.trusted_proxies);
  const write = answerWriter(commonHeaders(settings));
  const tellRefusal = createRefusalTeller(context, logger);
  const meters = new Map(table.map((route) => [route, options.observe?.(route.method, route.path)]));

  async function answer(request: Incoming, route: Route): Promise<Answer> {
    try {
      return await route.handle(request, web);
    } catch (error) {
      if (route.asked !== undefined) await tellRefusal(error, route.asked, request);
      return refusal(error, route, request.origin);
    }
  }

  function refusal(error: unknown, route: Route, origin: Origin): Answer {
    const { answer: refused, fault } = refuse(error, route.refusals, origin, web);
    if (fault) logger.error({ err: error, requestId: origin.requestId }, 'a request failed');
    return refused;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const { method = 'GET', url = '/', headers } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const { route, params } = find(method, path, { wantsPage: headers.accept?.includes('text/html') === true });
    const count = meters.get(route)?.();
    const client = addresses.read(request);
    const requestId = requestIdOf(headers['x-request-id'] ?? headers['x-correlation-id'], context);
    const origin: Origin = { ip: client.ip, userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT), requestId };
    if (settings['log.access']) response.once('close', () => logAccess(path));

    if (options.trace === undefined) return void (await respond());
    const traceparent = typeof headers['traceparent'] === 'string' ? headers['traceparent'] : undefined;
    return await options.trace(
      { method: route.method, route: route.path || 'not found', requestId, traceparent },
      respond,
    );

    async function respond(): Promise<number> {
      let reply: Answer;
      try {
        const body = route.method === 'GET' ? '' : await readBody(request, route.bodyLimit ?? BODY_LIMIT);
        const query = mark < 0 ? '' : url.slice(mark + 1);
        reply = await answer(incoming({ method, path, query, body, params, headers, client, origin }), route);
      } catch (error) {
        reply = refusal(error, route, origin);
      }
      count?.(reply.status);
      const extra = {
        ...(route.cors === true && corsHeaders(headers.origin, settings)),
        // Offered with every answer to a proof. @spec RFC 9449 §8.2
        ...(headers['dpop'] !== undefined && { 'DPoP-Nonce': currentNonce(context) }),
      };
      await write(response, reply, { extra, requestId, isLast: http.isStopping() });
      return reply.status;
    }

    function logAccess(logged: string): void {
      const ms = Math.round((performance.now() - startedAt) * 10) / 10;
      logger.info({ requestId, method, path: logged, status: response.statusCode, ip: client.ip, ms }, 'request');
    }
  }

  const http = createHttpServer(
    (request, response) => {
      serve(request, response).catch((error: unknown) => {
        // Whoever asked is gone, or what was being read for the answer broke off: nothing can be said any more.
        if (!response.destroyed) logger.error({ err: error }, 'an answer broke off');
        response.destroy();
      });
    },
    { maxConnections: settings.max_connections, isShared: addresses.isShared },
  );
  return { ...http, answer: (request) => answer(request, find(request.method, request.path, ANSWER_JSON).route) };
}

const ANSWER_JSON = { wantsPage: false };

function requestIdOf(given: string | string[] | undefined, context: Pick<Context, 'random'>): string {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : context.random.uuid();
}
