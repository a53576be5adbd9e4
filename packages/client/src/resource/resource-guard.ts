/** The door of an API: lets requests with a good token in, and answers the others as the specification says. */
import { systemClock } from '../clock.js';
import type { Clock } from '../clock.js';
import { isAuthError } from '../errors/auth-error.js';
import { InsufficientScopeError } from '../errors/credential-errors.js';
import { RateLimitedError, ServerError, TokenValidationError } from '../errors/service-errors.js';
import { createProofCheck } from './dpop-proof.js';
import { refused } from './token-verifier.js';
import type { TokenVerifier, VerifiedToken } from './token-verifier.js';

/** What the guard protects. */
export interface ResourceGuardOptions {
  readonly verifier: TokenVerifier;
  /** Scopes that every request needs. */
  readonly scopes?: readonly string[];
  /** Where this API describes itself (RFC 9728); named in refusals, so that clients find the server. */
  readonly resourceMetadata?: string;
  /** The address of this API as its clients see it; needed for bound tokens behind a proxy. */
  readonly publicUrl?: string;
  readonly clock?: Clock;
}

/** The parts of a request that the guard looks at; `node:http`, Express and Fastify all have them. */
export interface GuardedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
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

/** Guards an API, in the form that its framework takes. */
export interface ResourceGuard {
  decide(request: GuardedRequest, need?: { readonly scopes?: readonly string[] }): Promise<GuardDecision>;
  /** For `node:http`: calls the handler only with a good token. */
  node<Request extends GuardedRequest, Response extends GuardedResponse>(
    handler: (request: Request, response: Response, token: VerifiedToken) => unknown,
    need?: { readonly scopes?: readonly string[] },
  ): (request: Request, response: Response) => Promise<void>;
  /** For Express and Connect: middleware that sets `request.auth`. */
  express(need?: {
    readonly scopes?: readonly string[];
  }): (
    request: GuardedRequest & { auth?: VerifiedToken },
    response: GuardedResponse,
    next: (error?: unknown) => void,
  ) => Promise<void>;
  /** For Fastify: a `preHandler` or `onRequest` hook that sets `request.auth`. */
  fastify(need?: {
    readonly scopes?: readonly string[];
  }): (request: GuardedRequest & { auth?: VerifiedToken }, reply: GuardedReply) => Promise<unknown>;
}

/**
 * Makes a guard. Failures that are not the caller's are thrown on, or answered with 503 when the authorization server cannot be asked.
 *
 * @spec RFC 6750 §3, RFC 9728 §5.1
 * @example
 * ```ts
 * const guard = createResourceGuard({ verifier, scopes: ['vms:read'] });
 * createServer(guard.node((request, response, token) => response.end(`hello ${token.subject}`))).listen(8080);
 * ```
 */
export function createResourceGuard(options: ResourceGuardOptions): ResourceGuard {
  const checkProof = createProofCheck(options.clock ?? systemClock);
  const decide: ResourceGuard['decide'] = async (request, need) => {
    const scopes = [...(options.scopes ?? []), ...(need?.scopes ?? [])];
    try {
      const presented = presentedToken(request);
      const token = await options.verifier.verify(presented.token, { scopes });
      await requireProof(request, presented, token, options, checkProof);
      return { allowed: true, token };
    } catch (error) {
      return { allowed: false, refusal: refusalFor(error, scopes, options) };
    }
  };
  return {
    decide,
    node: (handler, need) => async (request, response) => {
      const decision = await decide(request, need);
      if (decision.allowed) await handler(request, response, decision.token);
      else sendRefusal(response, decision.refusal);
    },
    express: (need) => async (request, response, next) => {
      let decision: GuardDecision;
      try {
        decision = await decide(request, need);
      } catch (error) {
        return next(error);
      }
      if (!decision.allowed) return sendRefusal(response, decision.refusal);
      request.auth = decision.token;
      return next();
    },
    fastify: (need) => async (request, reply) => {
      const decision = await decide(request, need);
      if (decision.allowed) {
        request.auth = decision.token;
        return undefined;
      }
      const { status, headers, body } = decision.refusal;
      return reply.code(status).headers(headers).send(JSON.stringify(body));
    },
  };
}

interface Presented {
  readonly token: string;
  readonly scheme: 'bearer' | 'dpop';
}

class MalformedRequest extends Error {}

/** Only the Authorization header counts: a token in an address ends up in logs. */
function presentedToken(request: GuardedRequest): Presented {
  const header = request.headers.authorization;
  if (header === undefined || header === '') throw refused('missing');
  if (typeof header !== 'string') throw new MalformedRequest();
  const [, scheme = '', token = ''] = /^(bearer|dpop) +([\w.~+/-]+=*)$/i.exec(header) ?? [];
  if (scheme === '') throw /^(bearer|dpop)\b/i.test(header) ? new MalformedRequest() : refused('missing');
  return { token, scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer' };
}

async function requireProof(
  request: GuardedRequest,
  presented: Presented,
  token: VerifiedToken,
  options: ResourceGuardOptions,
  check: ReturnType<typeof createProofCheck>,
): Promise<void> {
  if (token.boundTo === undefined && presented.scheme === 'bearer') return;
  if (token.boundTo === undefined || presented.scheme === 'bearer') throw refused('claim');
  const { dpop, host } = request.headers;
  const base = options.publicUrl ?? `https://${String(host)}`;
  await check({
    proof: typeof dpop === 'string' ? dpop : undefined,
    token: presented.token,
    boundTo: token.boundTo,
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', base).href,
  });
}

function refusalFor(error: unknown, scopes: readonly string[], options: ResourceGuardOptions): Refusal {
  const where: Record<string, string> =
    options.resourceMetadata === undefined ? {} : { resource_metadata: options.resourceMetadata };
  if (error instanceof MalformedRequest) {
    return refusal(400, 'invalid_request', 'The Authorization header cannot be read.', where);
  }
  if (error instanceof InsufficientScopeError) {
    return refusal(403, 'insufficient_scope', error.reason ?? error.message, { ...where, scope: scopes.join(' ') });
  }
  if (error instanceof TokenValidationError) {
    const text = error.reason ?? error.message;
    if (error.problem !== 'missing') return refusal(401, 'invalid_token', text, where);
    // A request without a token is told how to get one, and nothing about an error.
    const answer = refusal(401, 'invalid_token', 'An access token is needed.', where);
    return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge(where) } };
  }
  if (isAuthError(error) && error.retryable) return unavailable(error);
  throw error;
}

function refusal(status: Refusal['status'], error: string, text: string, parameters: Record<string, string>): Refusal {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'www-authenticate': challenge({ error, error_description: text, ...parameters }),
    },
    body: { error, error_description: text },
  };
}

function unavailable(error: Error): Refusal {
  const known = error instanceof ServerError || error instanceof RateLimitedError ? error.retryAfter : undefined;
  return {
    status: 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'retry-after': String(known ?? 5) },
    body: { error: 'temporarily_unavailable', error_description: 'The token cannot be checked at the moment.' },
  };
}

function challenge(parameters: Record<string, string>): string {
  const quoted = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, '')}"`);
  return quoted.length === 0 ? 'Bearer' : `Bearer ${quoted.join(', ')}`;
}

function sendRefusal(response: GuardedResponse, answer: Refusal): void {
  response.writeHead(answer.status, answer.headers);
  response.end(JSON.stringify(answer.body));
}
