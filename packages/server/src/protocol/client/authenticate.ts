import type { ClientAuthMethod, Parameters } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError, tooMany } from '../error.js';
import { checkAssertion } from './assertion.js';
import type { AuthenticatedClient } from './authenticated-client.js';
import { type PresentedClient, presentedClient } from './presented.js';

const FAILURES_PER_MINUTE = 60;

export interface ClientCredentials {
  readonly authorization: string | undefined;
  readonly form: Parameters;
  readonly origin: RequestOrigin;
  /** The public client that a request without any client credentials is taken for. */
  readonly fallback?: string;
}

type Needs = Pick<
  Context,
  'directory' | 'clock' | 'hashing' | 'clientKeys' | 'settings' | 'store' | 'limiter' | 'audit' | 'events'
>;

/**
 * Proves which client sent a request. An unknown client, an inactive one and a wrong secret are refused alike.
 * @spec OAuth 2.1 §2.4, §3.2.4
 */
// @check 109, 111, 112, 113, 123, 124
export async function authenticateClient(credentials: ClientCredentials, context: Needs): Promise<AuthenticatedClient> {
  return await authenticatePresented(
    presentedClient(credentials.authorization, credentials.form),
    credentials,
    context,
  );
}

/** The same for credentials that were read before. */
export async function authenticatePresented(
  presented: PresentedClient,
  { origin, fallback }: Pick<ClientCredentials, 'origin' | 'fallback'>,
  context: Needs,
): Promise<AuthenticatedClient> {
  const clientId = clientIdOf(presented, fallback);
  if (clientId === undefined)
    throw new OAuthError(
      'invalid_client',
      'Client authentication is missing: send client_id, or credentials with it.',
      { status: 401, headers: challenge() },
    );
  const client = await context.directory.client(clientId);
  const method = presented.kind === 'nothing' ? 'none' : presented.kind;
  const problem = await provingFailed(presented, client, method, context);
  if (problem === undefined && client) return { client, method } as AuthenticatedClient;
  await countFailure(clientId, origin, problem, context);
  throw problem instanceof OAuthError ? problem : failed(presented);
}

function clientIdOf(presented: PresentedClient, fallback: string | undefined): string | undefined {
  if (presented.kind === 'nothing') return fallback;
  if (presented.kind !== 'private_key_jwt') return presented.clientId;
  const subject = subjectOf(presented.assertion);
  if (presented.clientId !== undefined && subject !== undefined && presented.clientId !== subject) {
    throw new OAuthError('invalid_client', 'client_id differs from the sub of client_assertion.');
  }
  return presented.clientId ?? subject;
}

/** Reads, without believing it, which client an assertion speaks of. */
function subjectOf(assertion: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : undefined;
    return typeof subject === 'string' ? subject : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` when the client proved itself, otherwise what failed. */
async function provingFailed(
  presented: PresentedClient,
  client: Client | undefined,
  method: ClientAuthMethod,
  context: Needs,
): Promise<unknown> {
  if (presented.kind === 'client_secret_basic' || presented.kind === 'client_secret_post') {
    // The work is the same whether the client exists or not.
    const matches = secretMatches(presented.secret, client, context);
    if (!matches) return new Error('unknown client or wrong secret');
  }
  if (!client?.isActive) return new Error('unknown or inactive client');
  if (client.authMethod !== method)
    return new Error(`the client is registered for ${client.authMethod}, not ${method}`);
  if (presented.kind !== 'private_key_jwt') return undefined;
  return checkAssertion(presented.assertion, client, context).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof OAuthError) return error;
      throw error;
    },
  );
}

function secretMatches(secret: string, client: Client | undefined, context: Pick<Needs, 'hashing' | 'clock'>): boolean {
  const hash = context.hashing.tokenHash(secret);
  const now = context.clock.now();
  const live = (client?.secrets ?? []).filter((known) => known.expiresAt === undefined || known.expiresAt > now);
  const candidates = live.length > 0 ? live.map((known) => known.hash as string) : ['-'.repeat(hash.length)];
  return candidates.map((candidate) => context.hashing.equal(candidate, hash)).includes(true) && live.length > 0;
}

async function countFailure(clientId: string, origin: RequestOrigin, problem: unknown, context: Needs): Promise<void> {
  const key = `client-auth:${context.hashing.tokenHash(clientId)}:${origin.ip ?? ''}`;
  const state = await context.limiter.consume({ key, points: FAILURES_PER_MINUTE, windowSeconds: 60 });
  context.events.emit({ type: 'security', event: 'client_authentication_failed', severity: 'medium' });
  if (!state.allowed)
    throw tooMany(
      'invalid_client',
      'Too many failed client authentications. Wait, then try again.',
      state.resetSeconds,
    );
  const reason =
    problem instanceof OAuthError && problem.cause instanceof Error
      ? problem.cause.message
      : problem instanceof Error
        ? problem.message
        : 'refused';
  await context.audit.record(
    {
      action: 'client.authenticated',
      outcome: 'failure',
      actor: { type: 'anonymous' },
      clientId: clientId.slice(0, 255),
      details: { reason },
    },
    origin,
  );
}

function failed(presented: PresentedClient): OAuthError {
  return new OAuthError(
    'invalid_client',
    'Client authentication failed: check client_id, the secret, and the method that the client is registered for.',
    {
      headers: presented.kind === 'client_secret_post' ? {} : challenge(),
    },
  );
}

function challenge(): Record<string, string> {
  return { 'WWW-Authenticate': 'Basic realm="authly", charset="UTF-8"' };
}
