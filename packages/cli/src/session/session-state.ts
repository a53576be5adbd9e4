import { existsSync } from 'node:fs';
import type { AuthStatus } from '@authly/client';
import type { ProfileSummary } from '@authly/client/cli';
import type { Place } from './place.js';
import type { ProfileState, SessionState } from './session.js';

/** What is known of a login without asking the server and without unlocking anything. */
export async function sessionState({ authenticator, store, config, profileName }: Place): Promise<SessionState> {
  const status = await knownStatus(authenticator, profileName);
  const storage = status?.storage ?? store.describe();
  return {
    authenticated: status?.authenticated ?? false,
    profile: status?.profile,
    // The rules that lead to a stored login all mean the same to a person.
    source: status?.source?.startsWith('AUTHLY_') ? status.source : status?.source && 'login',
    issuer: status?.issuer,
    apiUrl: status?.apiUrl,
    username: status?.username,
    subject: status?.subject,
    method: status?.method,
    scopes: status?.scopes ?? [],
    expiresAt: status?.expiresAt,
    refreshable: status?.refreshable ?? false,
    sessionExpiresAt: status?.sessionExpiresAt,
    storage: {
      path: config.values.tokenFile,
      exists: existsSync(config.values.tokenFile),
      backend: storage.backend,
      encrypted: storage.encrypted,
    },
    overrides: status?.overrides ?? [],
    clockSkewSeconds: status?.clockSkewSeconds,
    warnings: status?.warnings ?? [],
  };
}

/** A profile as lists show it. */
export function profileState(profile: ProfileSummary): ProfileState {
  const { name, active, apiUrl, username, method, loggedIn } = profile;
  return { name, active, apiUrl, username, method, loggedIn };
}

// A server without a login has no profile yet; that is no error here.
async function knownStatus(
  authenticator: Place['authenticator'],
  profileName: string | undefined,
): Promise<AuthStatus | undefined> {
  if (profileName === undefined) return authenticator.status();
  const known = (await authenticator.listProfiles()).some(({ name }) => name === profileName);
  return known ? authenticator.status({ profileName }) : undefined;
}
