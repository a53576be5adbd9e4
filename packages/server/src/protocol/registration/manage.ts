import { CLIENT_METADATA_FIELDS, type ClientMetadataField, clientProperty, writeClientMetadata } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import { type Client, signingAlgorithmsOf } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import type { OptionalClientField } from '../../ports/store/registrations/registrations.js';
import { OAuthError } from '../error.js';
import { registrationMode } from './mode.js';
import { type DescribedClient, invalidMetadata, readDescription } from './read-client.js';
import { registrationRules } from './register.js';
import { registrationAnswer } from './registration-answer.js';
import { checkSector } from './sector.js';

/** A client that has shown the token with which it manages its registration. */
export interface ManagedRegistration {
  read(): Promise<Readonly<Record<string, unknown>>>;
  replace(body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  remove(): Promise<void>;
}

/** The token is not replaced by reading or changing: an answer that is lost would lock the client out. @spec RFC 7592 §2 */
// @check 243, 244, 245
export async function manageRegistration(
  proof: {
    readonly clientId: string;
    readonly authorization: string | undefined;
    readonly origin: RequestOrigin;
  },
  context: Context,
): Promise<ManagedRegistration> {
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(proof.authorization ?? '')?.[1];
  if (token === undefined) throw unauthorized('Bearer');
  const isOwner = await context.store.selfRegistered.isTokenOf(proof.clientId, context.hashing.tokenHash(token));
  const client = isOwner ? await context.store.clients.find(proof.clientId) : undefined;
  if (client === undefined) throw unauthorized('Bearer error="invalid_token"');
  const answer = (current: Client) => registrationAnswer(current, { registrationToken: token }, context);
  return {
    read: () => answer(client),
    replace: async (body) => answer(await replace(client, body, proof.origin, context)),
    remove: () => remove(client, proof.origin, context),
  };
}

/** What the server says and no client may. @spec RFC 7592 §2.2 */
const OURS = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

async function replace(
  client: Client,
  body: Readonly<Record<string, unknown>>,
  origin: RequestOrigin,
  context: Context,
): Promise<Client> {
  if (body['client_id'] !== client.clientId) throw invalidMetadata('client_id must be that of the client itself.');
  const ours = OURS.find((member) => body[member] !== undefined);
  if (ours !== undefined) throw invalidMetadata(`${ours} is not for the client to say: leave it out.`);
  checkSecret(client, body['client_secret'], context);
  const described = readDescription(body, registrationRules((await registrationMode(context)) === 'native'));
  if (described.type !== client.type)
    throw invalidMetadata('token_endpoint_auth_method cannot change between none and a secret or key: register anew.');
  await checkSector(described, context);
  await context.signer.announce(signingAlgorithmsOf(described));
  const { clientId } = client;
  return context.store.transaction(async (tx) => {
    const clear = missing(described).map(clientProperty) as OptionalClientField[];
    const changed = await tx.clients.change(clientId, described, { now: context.clock.now(), clear });
    if (typeof changed === 'string') throw unauthorized('Bearer error="invalid_token"');
    tx.record({ ...event(client, 'client.changed'), details: { by: 'the client itself' } }, origin);
    return changed;
  });
}

function missing(described: DescribedClient): readonly ClientMetadataField[] {
  const written = writeClientMetadata(described);
  return CLIENT_METADATA_FIELDS.filter((field) => written[field] === undefined);
}

/** It may be repeated; it is never changed by the client. @spec RFC 7592 §2.2 */
function checkSecret(client: Client, secret: unknown, { hashing }: Pick<Context, 'hashing'>): void {
  if (secret === undefined || secret === null) return;
  const hash = typeof secret === 'string' ? hashing.tokenHash(secret) : undefined;
  if (hash !== undefined && client.secrets.some((known) => hashing.equal(known.hash, hash))) return;
  throw invalidMetadata('client_secret differs from the one that was issued: repeat it, or leave it out.');
}

async function remove(client: Client, origin: RequestOrigin, context: Pick<Context, 'store' | 'clock'>): Promise<void> {
  await context.store.transaction(async (tx) => {
    const removed = await tx.admin.clients.remove(client.clientId, { now: context.clock.now() });
    if (removed !== 'removed') throw unauthorized('Bearer error="invalid_token"');
    tx.record({ ...event(client, 'client.deleted'), details: { by: 'the client itself' } }, origin);
  });
}

function event({ clientId, name }: Client, action: 'client.changed' | 'client.deleted') {
  return {
    action,
    outcome: 'success',
    actor: { type: 'client', id: clientId, name },
    clientId,
    target: { type: 'client', id: clientId },
  } as const;
}

/** Whatever is wrong: nobody learns which clients there are. @spec RFC 7592 §2.1 */
function unauthorized(challenge: string): OAuthError {
  return new OAuthError('invalid_token', 'The registration access token is not valid for this client.', {
    headers: { 'WWW-Authenticate': challenge },
  });
}
