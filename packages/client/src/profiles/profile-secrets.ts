/** The secrets of a profile: encrypted in the token store, never in a file that is written in clear. */
import { profileKey } from '../store/cache-key.js';
import type { RecordSecrets, TokenStore } from '../store/token-store.js';
import type { Profile } from './profile.js';

/** Stores what is given beside what is stored already; nothing is done where nothing is given. */
export async function keepSecrets(
  store: TokenStore,
  profile: Profile,
  secrets: Pick<RecordSecrets, 'clientSecret' | 'apiKey' | 'privateKey'>,
  now: number,
): Promise<void> {
  const given = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== undefined));
  if (Object.keys(given).length === 0) return;
  const key = profileKey(profile.name);
  const issuer = profile.issuer ?? '';
  await store.update(key, (current) => ({
    key,
    kind: 'profile',
    profile: profile.name,
    issuer,
    clientId: profile.clientId ?? '',
    apiUrl: profile.apiUrl,
    method: secrets.apiKey === undefined ? 'client_credentials' : 'api_key',
    scopes: profile.scopes ?? [],
    resource: profile.resource,
    obtainedAt: now,
    refreshable: false,
    status: 'active',
    // Secrets for another server do not survive a change of the server.
    secrets: { ...(current?.issuer === issuer ? current.secrets : {}), ...given },
  }));
}
