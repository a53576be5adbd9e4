/** The credential of a profile: its stored secrets, or the session that a login has left. */
import { apiKeyCredential } from '../credentials/api-key.js';
import { clientCredentialsCredential } from '../credentials/client-credentials.js';
import type { Credential } from '../credentials/credential.js';
import { externalCredential } from '../credentials/external.js';
import {
  oauthCredential,
  type OAuthCredentialOptions,
  type SessionCredential,
} from '../credentials/oauth-credential.js';
import type { PrivateJwk } from '../flows/client-authentication.js';
import type { LoginRequiredError } from '../errors/credential-errors.js';
import { StorageError } from '../errors/storage-error.js';
import type { Profile } from '../profiles/profile.js';
import type { Program } from '../profiles/program.js';
import { Secret } from '../secret.js';
import { loginRequired } from '../session/session-end.js';
import { profileKey } from '../store/cache-key.js';
import type { RecordMeta, StoredRecord, TokenStore } from '../store/token-store.js';

/** A profile's credential and where it may be used. */
export interface ProfileCredential {
  readonly credential: Credential;
  readonly issuer?: string;
  readonly apiUrl?: string;
  readonly profile: string;
}

/** Makes the credential of a profile. Rejects with LoginRequiredError when it needs a login that has not happened. */
export async function profileCredential(
  program: Program,
  profile: Profile,
  options: OAuthCredentialOptions,
): Promise<ProfileCredential> {
  const store = await program.store();
  const where = {
    profile: profile.name,
    issuer: profile.issuer ?? options.issuer,
    apiUrl: profile.apiUrl ?? options.apiUrl ?? program.settings.apiUrl,
  };
  if (profile.command) return { ...where, credential: externalCredential({ command: profile.command }) };
  const secrets = await storedSecrets(store, profile);
  const machine = profile.method === 'client_credentials' || profile.method === 'api_key';
  const usesKey = secrets?.secrets.apiKey !== undefined && profile.method !== 'client_credentials';
  if (usesKey) return { ...where, credential: apiKeyCredential({ key: Secret.from(secrets.secrets.apiKey ?? '') }) };
  const session = machine ? undefined : await latestSession(store, profile);
  if (session) return { ...where, ...sessionPlace(session, where), credential: resumed(session, options, secrets) };
  const ownSecret = secrets?.secrets.clientSecret ?? secrets?.secrets.privateKey;
  const machineAllowed = [undefined, 'auto', 'client_credentials'].includes(profile.method);
  if (secrets && ownSecret !== undefined && machineAllowed) {
    return { ...where, credential: clientCredentialsCredential(machineOptions(profile, options, secrets)) };
  }
  throw machine ? secretMissing(options) : loginRequired(options);
}

/** The newest session of a client without a profile. */
export async function storedSessionCredential(options: OAuthCredentialOptions): Promise<SessionCredential> {
  const records = (await options.store?.list()) ?? [];
  const session = newest(
    records.filter((record) => record.issuer === options.issuer && record.clientId === options.clientId),
  );
  if (!session) throw loginRequired(options);
  return resumed(session, options, undefined);
}

/** The session that a login to this profile has left, for the server that the profile names and no other. */
export async function latestSession(store: TokenStore, profile: Profile): Promise<RecordMeta | undefined> {
  const sessions = (await store.list()).filter((record) => record.profile === profile.name);
  const session = newest(sessions);
  if (!session || profile.issuer === undefined || session.issuer === profile.issuer) return session;
  return newest(sessions.filter((record) => record.issuer === profile.issuer));
}

/** The secrets that a profile was configured with. */
export async function storedSecrets(store: TokenStore, profile: Profile): Promise<StoredRecord | undefined> {
  const metadata = (await store.list()).find((record) => record.key === profileKey(profile.name));
  // Read only when there are any: unlocking the store may ask the keyring.
  if (!metadata) return undefined;
  const record = await store.read(metadata.key);
  if (record && profile.issuer !== undefined && record.issuer !== '' && record.issuer !== profile.issuer) {
    throw otherServer(profile.name);
  }
  return record;
}

function resumed(
  session: RecordMeta,
  options: OAuthCredentialOptions,
  secrets: StoredRecord | undefined,
): SessionCredential {
  const { issuer, clientId, scopes, resource, apiUrl, method, key } = session;
  const clientSecret = secrets?.secrets.clientSecret;
  const settings: OAuthCredentialOptions = {
    ...options,
    issuer,
    clientId,
    scopes,
    resource,
    apiUrl: apiUrl ?? options.apiUrl,
    profile: session.profile,
    clientSecret: clientSecret === undefined ? options.clientSecret : Secret.from(clientSecret),
  };
  return oauthCredential(settings, {
    method,
    key,
    unattended: false,
    reacquire: false,
    acquire: async () => {
      throw loginRequired(settings);
    },
  });
}

function sessionPlace(session: RecordMeta, where: { readonly apiUrl?: string }): { issuer: string; apiUrl?: string } {
  return { issuer: session.issuer, apiUrl: where.apiUrl ?? session.apiUrl };
}

function machineOptions(
  profile: Profile,
  options: OAuthCredentialOptions,
  stored: StoredRecord,
): OAuthCredentialOptions {
  const { clientSecret, privateKey } = stored.secrets;
  return {
    ...options,
    scopes: profile.scopes,
    resource: profile.resource,
    dpop: profile.dpop,
    clientSecret: clientSecret === undefined ? undefined : Secret.from(clientSecret),
    privateKeyJwk: privateKey === undefined ? undefined : (JSON.parse(privateKey) as PrivateJwk),
  };
}

function newest(records: readonly RecordMeta[]): RecordMeta | undefined {
  const sessions = records.filter((record) => record.kind === 'session');
  return sessions.sort((left, right) => right.obtainedAt - left.obtainedAt)[0];
}

/** A program's profile without its secret is one that nobody is logged in to. */
function secretMissing(options: OAuthCredentialOptions): LoginRequiredError {
  const reason = `Nothing is stored for profile "${options.profile}": its method needs a client secret, a private key or an API key.`;
  return loginRequired({ ...options, reason });
}

function otherServer(profile: string): StorageError {
  return new StorageError({
    failure: 'denied',
    message: `The secret of profile "${profile}" belongs to another server.`,
    reason: 'The issuer of the profile was changed after the secret was stored.',
    hint: 'Configure the profile again with a secret for the new server.',
  });
}
