import { z } from 'zod';
import type { ApiKeyProblem } from '../../identity/api-key-rules.js';
import { createApiKey, type KeyActor, type MadeApiKey, revokeApiKey, rotateApiKey } from '../../identity/api-keys.js';
import { type ApiKey, isApiKeyLive } from '../../model/api-key.js';
import type { User } from '../../model/user.js';
import { authenticateBearer } from '../../protocol/bearer.js';
import { OAuthError, tooMany } from '../../protocol/error.js';
import type { LiveToken } from '../../protocol/live-token.js';
import { type Answer, json } from '../answer.js';
import { type Incoming, jsonBody, queryParameters } from '../incoming.js';
import type { Web } from '../web.js';

/**
 * People's own API keys, for programs that act for them. Only our own clients may manage keys, and give a key no more than
 * their token can do: a key outlives the consent that any other application depends on. A key can replace or end itself.
 */
interface Caller {
  readonly user: User;
  readonly token: LiveToken;
}

const seconds = z.int().min(0);
const creation = z.strictObject({
  name: z.string(),
  /** Separated by spaces, or a list. */
  scope: z.union([z.string().transform((text) => text.split(' ').filter(Boolean)), z.array(z.string())]),
  expires_in: seconds.optional(),
});
const rotation = z.strictObject({ overlap_seconds: seconds.default(0), expires_in: seconds.optional() });

/** GET {api}/api-keys?limit&offset: the caller's keys that work, newest first; never the keys themselves. */
export async function listApiKeys(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const { user, token } = await callerOf(request, web);
  if (token.apiKey) return counted([token.apiKey], 1, user, web);
  const { values } = queryParameters(request, new Set(['limit', 'offset']));
  const { keys, total } = await context.store.apiKeys.list({
    owner: { userId: user.id },
    limit: number(values.get('limit'), { name: 'limit', least: 1, most: 200, otherwise: 100 }),
    offset: number(values.get('offset'), { name: 'offset', least: 0, most: 100_000, otherwise: 0 }),
    includeInactive: false,
    now: context.clock.now(),
  });
  return counted(keys, total, user, web);
}

/** POST {api}/api-keys: this answer shows the key once. */
export async function postApiKey(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const caller = await callerOf(request, web);
  if (caller.token.apiKey) throw forbidden('An API key cannot make other keys. Log in for that.');
  const body = read(creation, request);
  within(body.scope, caller.token);
  const expiresAt = moment(body.expires_in, web);
  const wanted = { owner: caller, name: body.name, scopes: body.scope, expiresAt };
  const { key, secret } = made(await createApiKey(wanted, actorOf(caller, request), context));
  return json({ ...apiKeyJson(key, caller.user, context.clock.now()), api_key: secret }, { status: 201 });
}

/** POST {api}/api-keys/:id/rotate: a new key in place of the old one, which works on for overlap_seconds. */
export async function postApiKeyRotation(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const caller = await callerOf(request, web);
  const old = await ownKey(request, caller, web);
  const body = request.body.trim() === '' ? rotation.parse({}) : read(rotation, request);
  if (!caller.token.apiKey) within(old.scopes, caller.token);
  const expiresAt = moment(body.expires_in, web);
  const wanted = { owner: caller, key: old, overlapSeconds: body.overlap_seconds, expiresAt };
  const { key, secret } = made(await rotateApiKey(wanted, actorOf(caller, request), context));
  const before = await context.store.apiKeys.find(old.id);
  return json(
    {
      ...apiKeyJson(key, caller.user, context.clock.now()),
      api_key: secret,
      previous_expires_at: before?.expiresAt?.toISOString() ?? null,
    },
    { status: 201 },
  );
}

/** DELETE {api}/api-keys/:id: the key ends at once. */
export async function deleteApiKey(request: Incoming, web: Web): Promise<Answer> {
  const caller = await callerOf(request, web);
  const key = await ownKey(request, caller, web);
  await revokeApiKey(key, actorOf(caller, request), web.context);
  return json({ id: key.id, name: key.name, message: 'The API key is revoked.' });
}

/** A key as the APIs show it. */
export function apiKeyJson(key: ApiKey, owner: Pick<User, 'id' | 'username'>, now: Date): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    hint: key.hint,
    scope: key.scopes.join(' '),
    scopes: key.scopes,
    owner: { type: 'user', id: owner.id, name: owner.username },
    is_active: isApiKeyLive(key, now),
    created_at: key.createdAt.toISOString(),
    created_by: key.createdBy ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    last_used_ip: key.lastUsedIp ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
    rotated_from: key.rotatedFrom ?? null,
  };
}

async function callerOf(request: Incoming, { context }: Web): Promise<Caller> {
  const token = await authenticateBearer(
    { authorization: request.header('authorization'), origin: request.origin },
    context,
  );
  const { user } = token;
  if (!user) throw forbidden('No person stands behind this token.');
  if (context.settings['password_change.enforced'] && user.requiresPasswordChange)
    throw forbidden('The password must be changed first.');
  const client = token.clientId === undefined ? undefined : await context.directory.client(token.clientId);
  if (token.kind === 'access_token' && !client?.isFirstParty)
    throw forbidden('Only clients of this server itself may manage API keys.');
  return { user, token };
}

/** A key of somebody else does not exist; for a key, there is only itself. */
async function ownKey(request: Incoming, { user, token }: Caller, { context }: Web): Promise<ApiKey> {
  const id = request.params['id'] ?? '';
  const key = token.apiKey && token.apiKey.id !== id ? undefined : await context.store.apiKeys.find(id);
  if (key?.userId !== user.id || !isApiKeyLive(key, context.clock.now())) throw notFound();
  return key;
}

function within(scopes: readonly string[], token: LiveToken): void {
  const more = scopes.find((scope) => !token.scopes.includes(scope));
  if (more !== undefined) throw forbidden(`The token that makes the key lacks the scope ${more}.`);
}

function made(result: MadeApiKey): Extract<MadeApiKey, { kind: 'made' }> {
  switch (result.kind) {
    case 'made':
      return result;
    case 'not-alive':
      throw notFound();
    case 'refused':
      if (result.problem === 'too_fast')
        throw tooMany('temporarily_unavailable', 'Too many API keys were made within an hour.', 3600);
      throw new OAuthError('invalid_request', SENTENCES[result.problem]);
  }
}

const SENTENCES: Readonly<Record<Exclude<ApiKeyProblem, 'too_fast'>, string>> = {
  missing_name: 'name must not be empty',
  name_too_long: 'name must be at most 255 characters long',
  missing_scope: 'An API key needs at least one scope',
  bad_scope: 'A scope does not exist, or is not yours to give',
  bad_expiry: 'expires_in must be between 1 second and 5 years',
  bad_overlap: 'overlap_seconds must be between 0 and 30 days',
  too_many: 'There are as many API keys as one account may have. Revoke one first',
};

function read<T extends z.ZodType>(schema: T, request: Incoming): z.output<T> {
  const result = schema.safeParse(jsonBody(request));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OAuthError('invalid_request', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}`);
}

function number(
  text: string | undefined,
  range: { readonly name: string; readonly least: number; readonly most: number; readonly otherwise: number },
): number {
  if (text === undefined) return range.otherwise;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
  if (value >= range.least && value <= range.most) return value;
  throw new OAuthError('invalid_request', `${range.name} must be a number from ${range.least} to ${range.most}`);
}

function moment(expiresIn: number | undefined, { context }: Web): Date | undefined {
  if (expiresIn === undefined) return undefined;
  // Farther than any key may live: refused by the rule, and still a date.
  return new Date(context.clock.now().getTime() + Math.min(expiresIn, 1e10) * 1000);
}

function counted(keys: readonly ApiKey[], total: number, user: User, { context }: Web): Answer {
  const now = context.clock.now();
  return json(
    keys.map((key) => apiKeyJson(key, user, now)),
    { headers: { 'X-Total-Count': String(total) } },
  );
}

function actorOf({ user }: Caller, request: Incoming): KeyActor {
  return { actor: { type: 'user', id: user.id, name: user.username }, origin: request.origin };
}

function forbidden(description: string): OAuthError {
  return new OAuthError('access_denied', description, { status: 403 });
}

function notFound(): OAuthError {
  return new OAuthError('invalid_request', 'API key not found', { status: 404 });
}
