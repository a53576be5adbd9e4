/** Keeping what a login has brought: the session in the store, the profile in its file, and the session before it revoked. */
import { isAuthError } from '../errors/auth-error.js';
import { requestUserInfo } from '../flows/userinfo.js';
import type { Connection } from '../flows/connection.js';
import { revokeToken } from '../flows/revocation.js';
import type { TokenSet } from '../flows/token-set.js';
import type { AuthMethod } from '../credentials/credential.js';
import { keepSecrets } from '../profiles/profile-secrets.js';
import type { Program } from '../profiles/program.js';
import { recordOf } from '../session/session-record.js';
import { cacheKey } from '../store/cache-key.js';
import type { RecordMeta, StoredRecord } from '../store/token-store.js';
import type { LoginTarget } from './login-target.js';

/** A login that has succeeded and is not stored yet. */
export interface FreshLogin {
  readonly target: LoginTarget;
  readonly connection: Connection;
  readonly tokens: TokenSet;
  readonly method: AuthMethod;
  readonly privateKey?: string;
}

/** Stores a login. The replaced session is revoked only after the new one is safe. */
export async function keepSession(program: Program, login: FreshLogin): Promise<RecordMeta> {
  const store = await program.store();
  const { target, method } = login;
  const before = (await store.list()).filter(
    (record) => record.kind === 'session' && record.profile === target.profile,
  );
  const replaced = await readAll(program, before);
  const record = await recordFor(login);
  await store.update(record.key, () => record);
  await store.activate?.(record.key);
  await saveProfile(program, target, method);
  if (method === 'client_credentials') await keepOwnSecret(program, target);
  for (const old of replaced) await retire(program, old, record, login.connection);
  return record;
}

async function recordFor(login: FreshLogin): Promise<StoredRecord> {
  const { target, method, privateKey } = login;
  const tokens = await withName(login);
  const { issuer, clientId, scopes, resource, apiUrl, profile } = target;
  const key = cacheKey({
    issuer,
    clientId,
    principal: profile,
    method,
    scopes,
    resource,
    binding: privateKey === undefined ? undefined : 'dpop',
  });
  return recordOf({ key, issuer, clientId, method, profile, apiUrl, resource }, tokens, { privateKey });
}

/** "Logged in as" is worth one request; its failure is not worth a login. */
async function withName(login: FreshLogin): Promise<TokenSet> {
  const { tokens, connection } = login;
  const asks = tokens.username === undefined && tokens.scopes.includes('openid');
  if (!asks || login.method === 'client_credentials') return tokens;
  try {
    const { subject, username } = await requestUserInfo(connection, { accessToken: tokens.accessToken });
    return { ...tokens, subject: tokens.subject ?? subject, username };
  } catch (error) {
    if (isAuthError(error)) return tokens;
    throw error;
  }
}

async function readAll(program: Program, records: readonly RecordMeta[]): Promise<readonly StoredRecord[]> {
  const store = await program.store();
  // A record that can no longer be read cannot be revoked either; it is replaced all the same.
  const read = await Promise.all(records.map((record) => store.read(record.key).catch(() => undefined)));
  return read.filter((record) => record !== undefined);
}

/** A profile that is written down makes the next login need nothing but its name. */
async function saveProfile(program: Program, target: LoginTarget, method: AuthMethod): Promise<void> {
  const { book } = program;
  const known = await book.find(target.profile);
  const changed =
    known?.issuer !== target.issuer || known?.clientId !== target.clientId || known?.apiUrl !== target.apiUrl;
  if (changed) {
    const { profile: name, issuer, clientId, apiUrl, scopes, resource } = target;
    const machine = method === 'client_credentials' ? method : known?.method;
    await book.save({ ...known, name, issuer, clientId, apiUrl, scopes, resource, method: machine });
  }
  if ((await book.active()) !== target.profile) await book.activate(target.profile);
}

/** A program's login is good for as long as its secret: it is kept like the key of a login by API key. */
async function keepOwnSecret(program: Program, target: LoginTarget): Promise<void> {
  const { clientSecret, privateKeyJwk, profile: name, ...place } = target;
  const secrets = {
    clientSecret: clientSecret?.reveal(),
    privateKey: privateKeyJwk === undefined ? undefined : JSON.stringify(privateKeyJwk),
  };
  await keepSecrets(await program.store(), { ...place, name }, secrets, program.clock.now());
}

async function retire(program: Program, old: StoredRecord, next: StoredRecord, connection: Connection): Promise<void> {
  const store = await program.store();
  if (old.key !== next.key) await (store.remove ? store.remove(old.key) : store.update(old.key, () => undefined));
  const token = old.secrets.refreshToken;
  const same = old.issuer === next.issuer && old.clientId === next.clientId;
  if (token === undefined || !same || token === next.secrets.refreshToken) return;
  const signal = AbortSignal.timeout(3_000);
  // Nobody waits for the old session: it ends by itself when the server cannot be reached now.
  await revokeToken(connection, { token, hint: 'refresh_token', signal }).catch(() => undefined);
}
