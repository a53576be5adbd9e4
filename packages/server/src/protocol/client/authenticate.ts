import type { ClientAuthMethod, Parameters } from '@authly/oauth';
import { addressRange } from '../../identity/places.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import { authMethodsOf, type Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError, recorded, tooMany } from '../error.js';
import { checkAssertion } from './assertion.js';
import type { AuthenticatedClient } from './authenticated-client.js';
import { basicChallenge } from './basic-challenge.js';
import { type PresentedCredentials, readCredentials } from './read-credentials.js';

/** Failures of one address range that are answered and recorded: for one client, or all unknown names together, and in all. */
const FAILURES_PER_MINUTE = 60;
const FAILURES_PER_MINUTE_IN_ALL = 300;

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
  return await authenticateCredentials(
    readCredentials(credentials.authorization, credentials.form),
    credentials,
    context,
  );
}

/** The same for credentials that were read before. */
export async function authenticateCredentials(
  presented: PresentedCredentials,
  { origin, fallback }: Pick<ClientCredentials, 'origin' | 'fallback'>,
  context: Needs,
): Promise<AuthenticatedClient> {
  const clientIds = clientIdsOf(presented, fallback);
  if (clientIds[0] === undefined) {
    const description = 'Client authentication is missing: send client_id, or credentials with it.';
    throw new OAuthError('invalid_client', description, { status: 401, headers: basicChallenge(description) });
  }
  const client = await findFirst(clientIds, context);
  const method = methodOf(presented);
  const problem = await findProblem(presented, client, method, context);
  if (problem === undefined && client) return { client, method } as AuthenticatedClient;
  await countFailure({ clientId: client?.clientId ?? clientIds[0], client, origin, problem }, context);
  throw recorded(problem instanceof OAuthError ? problem : failure(presented));
}

/** Every client id that the request can be read to name. */
function clientIdsOf(presented: PresentedCredentials, fallback: string | undefined): readonly (string | undefined)[] {
  if (presented.kind === 'nothing') return [fallback];
  if (presented.kind === 'none') return [presented.clientId];
  if (presented.kind !== 'private_key_jwt') return [...new Set(presented.readings.map(({ clientId }) => clientId))];
  const subject = subjectOf(presented.assertion);
  if (presented.clientId !== undefined && subject !== undefined && presented.clientId !== subject) {
    throw new OAuthError('invalid_client', 'client_id differs from the sub of client_assertion.');
  }
  return [presented.clientId ?? subject];
}

async function findFirst(
  clientIds: readonly (string | undefined)[],
  { directory }: Pick<Needs, 'directory'>,
): Promise<Client | undefined> {
  const found = await Promise.all(clientIds.map((id) => (id === undefined ? undefined : directory.client(id))));
  return found.find((client) => client !== undefined);
}

/** A Basic header without a secret says no more than a client_id. @spec RFC 6749 §2.3.1 */
function methodOf(presented: PresentedCredentials): ClientAuthMethod {
  if (presented.kind === 'nothing') return 'none';
  const isEmpty = presented.kind === 'client_secret_basic' && presented.readings.every(({ secret }) => secret === '');
  return isEmpty ? 'none' : presented.kind;
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
async function findProblem(
  presented: PresentedCredentials,
  client: Client | undefined,
  method: ClientAuthMethod,
  context: Needs,
): Promise<unknown> {
  if (method === 'client_secret_basic' || method === 'client_secret_post') {
    const readings = 'readings' in presented ? presented.readings : [];
    // The work is the same whether the client exists or not.
    const matches = readings
      .filter(({ clientId }) => client === undefined || clientId === client.clientId)
      .map(({ secret }) => secretMatches(secret, client, context));
    if (!matches.includes(true)) return new Error('unknown client or wrong secret');
  }
  if (!client?.isActive) return new Error('unknown or inactive client');
  const allowed = authMethodsOf(client);
  if (!allowed.includes(method)) return refuseMethod(method, allowed);
  if (presented.kind !== 'private_key_jwt') return undefined;
  return checkAssertion(presented.assertion, client, context).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof OAuthError) return error;
      throw error;
    },
  );
}

/** Whoever knows the secret learns nothing new by being told how to send it. */
function refuseMethod(method: ClientAuthMethod, allowed: readonly ClientAuthMethod[]): Error {
  const cause = new Error(`the client is registered for ${allowed.join(' or ')}, not ${method}`);
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') return cause;
  const description = `This client is registered for ${allowed.join(' or ')}; this request sent ${method}.`;
  const headers = method === 'client_secret_basic' ? basicChallenge(description) : {};
  return new OAuthError('invalid_client', description, { cause, headers, reason: 'client_auth_method' });
}

function secretMatches(secret: string, client: Client | undefined, context: Pick<Needs, 'hashing' | 'clock'>): boolean {
  const hash = context.hashing.tokenHash(secret);
  const now = context.clock.now();
  const live = (client?.secrets ?? []).filter((known) => known.expiresAt === undefined || known.expiresAt > now);
  const candidates = live.length > 0 ? live.map((known) => known.hash as string) : ['-'.repeat(hash.length)];
  return candidates.map((candidate) => context.hashing.equal(candidate, hash)).includes(true) && live.length > 0;
}

async function countFailure(
  {
    clientId,
    client,
    origin,
    problem,
  }: {
    readonly clientId: string;
    readonly client: Client | undefined;
    readonly origin: RequestOrigin;
    readonly problem: unknown;
  },
  context: Needs,
): Promise<void> {
  const range = addressRange(origin.ip);
  // Strangers make names up, so those of no client share one count.
  const states = await Promise.all(
    [
      { key: `client-auth:${client?.clientId ?? ''}:${range}`, points: FAILURES_PER_MINUTE },
      { key: `client-auth-from:${range}`, points: FAILURES_PER_MINUTE_IN_ALL },
    ].map((limit) => context.limiter.consume({ ...limit, windowSeconds: 60 })),
  );
  const exceeded = states.find((state) => !state.allowed);
  context.events.emit({ type: 'security', event: 'client_authentication_failed', severity: 'medium' });
  if (exceeded)
    throw tooMany(
      'invalid_client',
      'Too many failed client authentications. Wait, then try again.',
      exceeded.resetSeconds,
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

function failure(presented: PresentedCredentials): OAuthError {
  const description =
    'Client authentication failed: check client_id, the secret, and the method that the client is registered for.';
  const headers = presented.kind === 'client_secret_post' ? {} : basicChallenge(description);
  return new OAuthError('invalid_client', description, { headers, reason: 'client_secret' });
}
