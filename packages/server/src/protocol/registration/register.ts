import { type ClientId, SECRET_PREFIX } from '@authly/oauth';
import { addressRange } from '../../identity/places.js';
import type { RequestOrigin } from '../../model/audit-event.js';
import { type NewClient, newClient, signingAlgorithmsOf } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { OAuthError, tooMany } from '../error.js';
import { registrationMode } from './mode.js';
import { type DescribedClient, type DescriptionRules, readDescription } from './read-client.js';
import { registrationAnswer } from './registration-answer.js';
import { checkSector } from './sector.js';
import { checkSoftwareStatement } from './software-statement.js';
import { useInitialToken } from './initial-token.js';

const FROM_ONE_PER_MINUTE = 60;
const IN_ALL_PER_MINUTE = 600;

export interface RegistrationRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
  readonly origin: RequestOrigin;
}

/** A client registers itself. Nobody here has looked at it, so it gets what strangers get. @spec RFC 7591 §3 */
// @check 231, 232, 240
export async function register(
  { body, authorization, origin }: RegistrationRequest,
  context: Context,
): Promise<Readonly<Record<string, unknown>>> {
  const mode = await registrationMode(context);
  if (mode === 'off')
    throw new OAuthError('access_denied', 'Clients cannot register themselves here. Ask the operator of this server.', {
      status: 403,
      reason: 'registration_off',
    });
  await limit(origin, context);
  const initial = await useInitialToken(authorization, { isNeeded: mode === 'token' }, context);
  checkSoftwareStatement(body['software_statement']);
  const described = readDescription(body, registrationRules(mode === 'native' && initial === undefined));
  await checkSector(described, context);
  await context.signer.announce(signingAlgorithmsOf(described));
  const made = makeClient(described, context);
  const registrationToken = newRegistrationToken(context);
  const hash = context.hashing.tokenHash(registrationToken);
  const client = await context.store.transaction(async (tx) => {
    if (initial !== undefined) await initial.use(tx);
    const added = await tx.selfRegistered.add(made.client, {
      tokenHash: hash,
      isVouchedFor: initial !== undefined,
    });
    if (!added) throw new Error('two client ids of 128 random bits are the same');
    const { clientId, name, redirectUris } = made.client;
    tx.record(
      {
        action: 'client.registered',
        outcome: 'success',
        actor: { type: 'anonymous' },
        clientId,
        target: { type: 'client', id: clientId },
        details: { client_name: name, redirect_uris: redirectUris.slice(0, 20) },
      },
      origin,
    );
    const stored = await tx.clients.find(clientId);
    if (stored === undefined) throw new Error('a client that was just stored is not there');
    return stored;
  });
  return registrationAnswer(client, { secret: made.secret, registrationToken }, context);
}

/** How a registration is read; programs that hold a token of an administrator may be anything. */
export function registrationRules(nativeOnly: boolean): DescriptionRules {
  return {
    nativeOnly,
    authMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    defaultAuthMethod: (applicationType) => (applicationType === 'native' ? 'none' : 'client_secret_basic'),
  };
}

function makeClient(described: DescribedClient, context: Pick<Context, 'random' | 'clock' | 'hashing'>) {
  const createdAt = context.clock.now();
  const hasSecret = described.authMethod.startsWith('client_secret_');
  // base64url alone: about half of all clients do not encode what they put into a Basic header.
  const secret = hasSecret
    ? `${SECRET_PREFIX.clientSecret}${context.random.bytes(32).toString('base64url')}`
    : undefined;
  const client: NewClient = newClient({
    ...described,
    id: context.random.uuid(),
    clientId: `client_${context.random.bytes(16).toString('base64url')}` as ClientId,
    origin: 'registered',
    createdAt,
    secrets:
      secret === undefined ? [] : [{ id: context.random.uuid(), hash: context.hashing.tokenHash(secret), createdAt }],
  });
  return { client, secret };
}

export function newRegistrationToken({ random }: Pick<Context, 'random'>): string {
  return `authly_reg_${random.bytes(32).toString('base64url')}`;
}

/** Many people share an address, so one range has room for a class that installs the same program. */
async function limit(origin: RequestOrigin, { limiter, events }: Pick<Context, 'limiter' | 'events'>): Promise<void> {
  const limits = [
    { key: `register-from:${addressRange(origin.ip)}`, points: FROM_ONE_PER_MINUTE },
    { key: 'register', points: IN_ALL_PER_MINUTE },
  ];
  for (const one of limits) {
    const state = await limiter.consume({ ...one, windowSeconds: 60 });
    if (state.allowed) continue;
    events.emit({ type: 'rate_limit', endpoint: 'register' });
    throw tooMany('temporarily_unavailable', 'Too many registrations. Wait, then try again.', state.resetSeconds);
  }
}
