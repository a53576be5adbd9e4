/** What a guard takes and gives, in the form of each framework. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VerifiedToken } from './token-verifier.js';

/** The parts of a request that the guard looks at; `node:http`, Express and Fastify all have them. */
export interface GuardedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The parts of a web `Request` that the guard looks at: Next.js, Hono, Bun, Deno and workers have them. */
export interface GuardedWebRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
}

/** The parts of an answer that the guard writes to. */
export interface GuardedResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body?: string): unknown;
}

/** The parts of Fastify's reply that the guard writes to. */
export interface GuardedReply {
  code(status: number): GuardedReply;
  headers(headers: Record<string, string>): GuardedReply;
  send(body: string): GuardedReply;
}

/** A refusal, ready to be sent. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 503;
  readonly headers: Record<string, string>;
  readonly body: { readonly error: string; readonly error_description: string };
}

/** The decision about one request. */
export type GuardDecision =
  | { readonly allowed: true; readonly token: VerifiedToken }
  | { readonly allowed: false; readonly refusal: Refusal };

/** What one route needs beyond what every request does. */
export interface GuardNeed {
  readonly scopes?: readonly string[];
}

/** Guards an API, in the form that its framework takes. */
export interface ResourceGuard {
  /** For everything else: says whether a request may pass, and what to answer otherwise. */
  decide(request: GuardedRequest | GuardedWebRequest, need?: GuardNeed): Promise<GuardDecision>;
  /** For `node:http`: calls the handler only with a good token. */
  node<Incoming extends GuardedRequest = IncomingMessage, Outgoing extends GuardedResponse = ServerResponse>(
    handler: (request: Incoming, response: Outgoing, token: VerifiedToken) => unknown,
    need?: GuardNeed,
  ): (request: Incoming, response: Outgoing) => Promise<void>;
  /** For Express and Connect: middleware that sets `request.auth`. */
  express(
    need?: GuardNeed,
  ): (
    request: GuardedRequest & { auth?: VerifiedToken },
    response: GuardedResponse,
    next: (error?: unknown) => void,
  ) => Promise<void>;
  /** For Fastify: a `preHandler` or `onRequest` hook that sets `request.auth`. */
  fastify(
    need?: GuardNeed,
  ): (request: GuardedRequest & { auth?: VerifiedToken }, reply: GuardedReply) => Promise<unknown>;
  /**
   * For handlers of a web `Request`: Next.js, Hono, Bun, Deno, workers. Calls the handler only with a good token; what the framework
   * passes beside the request comes after it.
   */
  fetch<Incoming extends GuardedWebRequest = Request, Rest extends readonly unknown[] = []>(
    handler: (request: Incoming, token: VerifiedToken, ...rest: Rest) => Response | Promise<Response>,
    need?: GuardNeed,
  ): (request: Incoming, ...rest: Rest) => Promise<Response>;
}

declare global {
  namespace Express {
    interface Request {
      /** Set by `guard.express()`. */
      auth?: VerifiedToken;
    }
  }
}

/** Named, so that it is found where it is installed; elsewhere nothing comes of it. @public */
export type { FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `guard.fastify()`. */
    auth?: VerifiedToken;
  }
}
