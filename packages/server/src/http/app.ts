import {
  fastify,
  type FastifyBaseLogger,
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';

import type { Context } from '../ports/context.js';
import type { Answer } from './answer.js';
import { BODY_LIMIT, readBody } from './body.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import { commonHeaders } from './headers.js';
import { headerList } from './header-list.js';
import { type Incoming, incoming } from './incoming.js';
import { assetRoutes } from './pages/assets.js';
import { PageError } from './pages/flow.js';
import { createShell } from './pages/shell.js';
import { themeOf } from './pages/theme-settings.js';
import { refuse } from './refuse.js';
import { pathFinder, type RefusalStyle, type Route, shadowing } from './route.js';
import { routes } from './routes.js';
import type { Runtime, Web } from './web.js';

export interface AppOptions {
  readonly runtime: Runtime;
  readonly logger: FastifyBaseLogger;
  /** Counts a request; answers what to call with the status when the answer is out. */
  readonly observe?: (method: string, endpoint: string) => (status: number) => void;
}

const REQUEST_TIME_LIMIT = 30_000;

/** The HTTP side of the server: routes, headers, refusals. It listens only when told to. */
// @check 68, 125, 264, 265, 268, 274, 276
export function createApp(context: Context, options: AppOptions): FastifyInstance {
  const web = createWeb(context, options.runtime);
  const table = [...routes(context.settings.api_prefix), ...assetRoutes(web.shell)];
  const proxies = context.settings.trusted_proxies;
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: proxies.length > 0 ? [...proxies] : false,
    requestTimeout: REQUEST_TIME_LIMIT,
    connectionTimeout: 2 * REQUEST_TIME_LIMIT,
    keepAliveTimeout: 72_000,
    exposeHeadRoutes: false,
    // What arrives on an open connection while the server stops is answered, and the connection closed after it.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id'] ?? request.headers['x-correlation-id'], context),
    clientErrorHandler: badConnection,
    // What is logged names its request; a logger for every request would cost more than most requests.
    childLoggerFactory: (logger) => logger,
  });
  readNoBody(app);
  const headersOf = headerList(commonHeaders(context.settings));
  const finish = (
    reply: FastifyReply,
    request: FastifyRequest,
    answer: Answer,
    extra: Readonly<Record<string, string>> = {},
  ): FastifyReply => {
    const { status, body } = answer;
    const isWhole = typeof body === 'string' || Buffer.isBuffer(body);
    const headers = headersOf(answer, extra);
    headers.push('X-Request-Id', request.id, 'X-Correlation-ID', request.id);
    // Fastify says with this header that the server is stopping; and what is read from elsewhere, it pipes.
    if (isWhole && !reply.hasHeader('connection')) {
      if (status !== 204 && status !== 304) headers.push('Content-Length', String(Buffer.byteLength(body)));
      reply.raw.writeHead(status, headers);
      reply.hijack().raw.end(body);
      return reply;
    }
    reply.code(status);
    for (let at = 0; at < headers.length; at += 2) reply.header(String(headers[at]), headers[at + 1]);
    return reply.send(body);
  };

  for (const route of table) register(app, route, { web, finish, observe: options.observe });
  answerRest(app, table, { web, finish });
  if (context.settings['log.access']) logAccess(app);
  return app;
}

interface Wiring {
  readonly web: Web;
  readonly finish: (
    reply: FastifyReply,
    request: FastifyRequest,
    answer: Answer,
    extra?: Readonly<Record<string, string>>,
  ) => FastifyReply;
  readonly observe?: AppOptions['observe'];
}

function createWeb(context: Context, runtime: Runtime): Web {
  const base = new URL(context.settings.issuer).pathname.replace(/\/$/, '');
  return { context, runtime, base, shell: createShell({ theme: themeOf(context.settings), basePath: base }) };
}

function register(app: FastifyInstance, route: Route, wiring: Wiring): void {
  const { web, finish } = wiring;
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const done = wiring.observe?.(route.method, route.path);
    const cors = route.cors ? corsHeaders(request.headers.origin, web.context.settings) : {};
    const { answer } = await answerTo(request, route, web);
    done?.(answer.status);
    return finish(reply, request, answer, cors);
  };
  for (const url of addresses(route.path, web.base)) {
    app.route({ method: route.method, url, handler });
  }
}

async function answerTo(request: FastifyRequest, route: Route, web: Web): Promise<{ readonly answer: Answer }> {
  let read: Incoming | undefined;
  try {
    const hasBody = route.method !== 'GET';
    read = incoming(request, hasBody ? await readBody(request.raw, route.bodyLimit ?? BODY_LIMIT) : undefined);
    return { answer: await route.handle(read, web) };
  } catch (error) {
    return { answer: refused(error, route.refusals, request, read, web) };
  }
}

function refused(
  error: unknown,
  style: RefusalStyle,
  request: FastifyRequest,
  read: Incoming | undefined,
  web: Web,
): Answer {
  const { answer, fault } = refuse(error, style, read ?? bare(request), web);
  if (fault) request.log.error({ err: error, requestId: request.id }, 'a request failed');
  return answer;
}

/**
 * A path is served below the issuer's path, and without it for proxies that cut it off. The well-known documents of an issuer
 * with a path are also where the path comes last. @spec RFC 8414 §3.1
 */
function addresses(path: string, base: string): readonly string[] {
  if (base === '') return [path];
  return path.startsWith('/.well-known/')
    ? [path, `${base}${path}`, `${path}${base}`]
    : [path, `${base}${path === '/' ? '' : path}`];
}

/** OPTIONS for preflights, and 405 with Allow for methods that an address does not have. @spec RFC 9110 §15.5.6 */
function answerOtherMethod(
  request: FastifyRequest,
  reply: FastifyReply,
  found: readonly Route[],
  { web, finish }: Wiring,
): FastifyReply {
  const methods = found.map((route) => route.method as string);
  const cors = found.some((route) => route.cors);
  if (request.method === 'OPTIONS' && cors)
    return finish(
      reply,
      request,
      { status: 204, headers: { ...preflightHeaders(methods) }, body: '' },
      corsHeaders(request.headers.origin, web.context.settings),
    );
  const answer = methodNotAllowed(found[0]?.refusals ?? 'api', request, web);
  const allow = [...methods, ...(cors ? ['OPTIONS'] : [])].join(', ');
  return finish(reply, request, { ...answer, headers: { ...answer.headers, Allow: allow } });
}

function methodNotAllowed(style: RefusalStyle, request: FastifyRequest, web: Web): Answer {
  return refused({ statusCode: 405 }, style, request, undefined, web);
}

/**
 * Other methods of known addresses, unknown addresses, and what fails before a route is found. The router gets no routes for
 * those methods, of which there are four times as many as of our own: a start would take a tenth of a second longer.
 */
function answerRest(app: FastifyInstance, table: readonly Route[], wiring: Wiring): void {
  const { web, finish } = wiring;
  const routesAt = pathFinder(table, (path) => addresses(path, web.base));
  for (const { path, others, found } of shadowing(table))
    for (const url of addresses(path, web.base))
      app.route({
        method: [...others],
        url,
        handler: (request, reply) => answerOtherMethod(request, reply, found, wiring),
      });
  app.setNotFoundHandler((request, reply) => {
    const found = routesAt(request.url);
    // A route of the same method was not found for another reason, such as a parameter that is too long.
    if (found.length > 0 && found.every((route) => route.method !== request.method))
      return answerOtherMethod(request, reply, found, wiring);
    const wantsPage = (request.headers.accept ?? '').includes('text/html');
    const error = wantsPage ? new PageError('not_found', 404) : { statusCode: 404 };
    return finish(reply, request, refused(error, wantsPage ? 'page' : 'api', request, undefined, web));
  });
  app.setErrorHandler((error, request, reply) => {
    const path = request.url;
    const style: RefusalStyle = path.includes('/oauth/') ? 'oauth' : 'api';
    return finish(reply, request, refused(error, style, request, undefined, web));
  });
}

function bare(request: FastifyRequest): Incoming {
  const origin = { ip: request.ip, requestId: request.id };
  return {
    method: request.method,
    path: '',
    query: '',
    body: '',
    contentType: '',
    origin,
    params: {},
    socketAddress: undefined,
    header: () => undefined,
    cookie: () => undefined,
  };
}

/** Fastify hands requests on as they begin. @see readBody */
function readNoBody(app: FastifyInstance): void {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
}

function requestId(given: string | string[] | undefined, context: Pick<Context, 'random'>): string {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : context.random.uuid();
}

function badConnection(
  error: Error & { readonly code?: string },
  socket: { writable: boolean; end(text: string): unknown; destroy(): unknown },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  const body = JSON.stringify({ error: 'invalid_request', error_description: 'The request cannot be read.' });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\nDate: ${new Date().toUTCString()}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function logAccess(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const path = (request.raw.url ?? '').split('?')[0];
    request.log.info(
      {
        requestId: request.id,
        method: request.method,
        path,
        status: reply.statusCode,
        ip: request.ip,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    );
  });
}
