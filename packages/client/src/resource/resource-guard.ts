/** The door of an API: lets requests with a good token in, and answers the others as the specification says. */
import { systemClock, type Clock } from '../clock.js';
import { isAuthError } from '../errors/auth-error.js';
import { InsufficientScopeError } from '../errors/credential-errors.js';
import { RateLimitedError, ServerError, TokenValidationError } from '../errors/service-errors.js';
import { createProofCheck, noProof, proofAlgorithms, type ProofMemory } from './dpop-proof.js';
import type {
  GuardDecision,
  GuardedRequest,
  GuardedResponse,
  GuardedWebRequest,
  Refusal,
  ResourceGuard,
} from './guarded.js';
import { refused, type TokenVerifier, type VerifiedToken } from './token-verifier.js';

/** What the guard protects. */
export interface ResourceGuardOptions {
  readonly verifier: TokenVerifier;
  /** Scopes that every request needs. */
  readonly scopes?: readonly string[];
  /** Where this API describes itself (RFC 9728); named in refusals, so that clients find the server. */
  readonly resourceMetadata?: string;
  /** The address of this API as its clients see it; needed for bound tokens behind a proxy. */
  readonly publicUrl?: string;
  /** Shared by the processes of one API, so that a proof is good once for all of them. Each remembers its own otherwise. */
  readonly proofMemory?: ProofMemory;
  readonly clock?: Clock;
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
  const checkProof = createProofCheck(options.clock ?? systemClock, options.proofMemory);
  const decide: ResourceGuard['decide'] = async (asked, need) => {
    const request = plainRequest(asked);
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
    fetch:
      (handler, need) =>
      async (request, ...rest) => {
        const decision = await decide(request, need);
        if (decision.allowed) return handler(request, decision.token, ...rest);
        const { status, headers, body } = decision.refusal;
        return new Response(JSON.stringify(body), { status, headers });
      },
  };
}

/** The headers of a web request are read by a method; the guard needs three of them. */
function plainRequest(request: GuardedRequest | GuardedWebRequest): GuardedRequest {
  const { headers } = request;
  if (!isWebHeaders(headers)) return request as GuardedRequest;
  const read = (name: string) => headers.get(name) ?? undefined;
  const { method, url } = request;
  return { method, url, headers: { authorization: read('authorization'), dpop: read('dpop'), host: read('host') } };
}

function isWebHeaders(headers: object): headers is GuardedWebRequest['headers'] {
  return 'get' in headers && typeof headers.get === 'function';
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
  if (token.boundTo === undefined)
    throw noProof('The token is not bound to a key: send it as Bearer, without a proof.');
  if (presented.scheme === 'bearer') throw noProof('The token is bound to a key: send it as DPoP, with a proof.');
  const { dpop, host } = request.headers;
  const asked = new URL(request.url ?? '/', `https://${String(host ?? 'localhost')}`);
  const base = options.publicUrl ?? asked.origin;
  await check({
    proof: typeof dpop === 'string' ? dpop : undefined,
    token: presented.token,
    boundTo: token.boundTo,
    method: request.method ?? 'GET',
    url: new URL(`${asked.pathname}${asked.search}`, base).href,
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
    if (error.problem === 'proof') return proofRefusal(text, where);
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

/** @spec RFC 9449 §7.1 */
function proofRefusal(text: string, where: Record<string, string>): Refusal {
  const answer = refusal(401, 'invalid_dpop_proof', text, where);
  const parameters = { error: 'invalid_dpop_proof', error_description: text, ...where, algs: proofAlgorithms };
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge(parameters, 'DPoP') } };
}

function unavailable(error: Error): Refusal {
  const known = error instanceof ServerError || error instanceof RateLimitedError ? error.retryAfter : undefined;
  return {
    status: 503,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'retry-after': String(known ?? 5) },
    body: { error: 'temporarily_unavailable', error_description: 'The token cannot be checked at the moment.' },
  };
}

function challenge(parameters: Record<string, string>, scheme = 'Bearer'): string {
  const quoted = Object.entries(parameters).map(([name, value]) => `${name}="${value.replace(/["\\]/g, '')}"`);
  return quoted.length === 0 ? scheme : `${scheme} ${quoted.join(', ')}`;
}

function sendRefusal(response: GuardedResponse, answer: Refusal): void {
  response.writeHead(answer.status, answer.headers);
  response.end(JSON.stringify(answer.body));
}
