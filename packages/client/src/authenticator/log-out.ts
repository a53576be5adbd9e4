/** Logging out of one profile or of all. */
import { oauthCredential, type SessionCredential } from '../credentials/oauth-credential.js';
import { endSession, logoutWarnings, type LogoutOutcome } from '../client/end-session.js';
import { storedSecrets } from '../client/profile-credential.js';
import { isAuthError } from '../errors/auth-error.js';
import type { LoginSetting } from '../login/log-in.js';
import { Secret } from '../secret.js';
import { loginRequired } from '../session/session-end.js';
import type { RecordMeta } from '../store/token-store.js';

/** Ends the sessions of a profile, or of every profile. What cannot be revoked is deleted here all the same. */
export async function logOut(
  setting: LoginSetting,
  options: { readonly profileName?: string; readonly all?: boolean; readonly localOnly?: boolean },
): Promise<LogoutOutcome> {
  const { program, events } = setting;
  const profile = options.profileName ?? program.settings.profile ?? (await program.book.active()) ?? 'default';
  const records = await readableRecords(setting);
  const mine = records.filter((record) => options.all || record.profile === profile);
  const outcomes: Awaited<ReturnType<typeof endSession>>[] = [];
  for (const record of mine.filter(({ kind }) => kind === 'session')) {
    const credential = await credentialOf(setting, record);
    outcomes.push(await endSession(credential, { revoke: !options.localOnly }));
  }
  const kept = await forgetSecrets(setting, mine);
  const revocation = worst(outcomes);
  if (revocation === 'revoked') events.emit('session:revoked', { profile: options.all ? undefined : profile });
  return {
    revocation,
    deleted: kept || outcomes.some(({ deleted }) => deleted),
    profile: options.all ? undefined : profile,
    warnings: logoutWarnings(program),
  };
}

/** A session as it is stored, whatever profile it belongs to. */
export async function credentialOf(setting: LoginSetting, record: RecordMeta): Promise<SessionCredential> {
  const { program, http } = setting;
  const profile = record.profile === undefined ? undefined : await program.book.find(record.profile);
  const store = await program.store();
  const secrets = profile && (await storedSecrets(store, profile).catch(() => undefined));
  const secret = secrets?.secrets.clientSecret;
  const { issuer, clientId, scopes, resource, method, key } = record;
  return oauthCredential(
    {
      ...http,
      issuer,
      clientId,
      scopes,
      resource,
      profile: record.profile,
      store,
      clock: program.clock,
      clientSecret: secret === undefined ? program.settings.clientSecret : Secret.from(secret),
    },
    {
      method,
      key,
      unattended: false,
      reacquire: false,
      acquire: async () => {
        throw loginRequired({ profile: record.profile });
      },
    },
  );
}

/** A person who logs out wants nothing to be left: a store that cannot be read is moved away, and then nothing of it is used any more. */
async function readableRecords(setting: LoginSetting): Promise<readonly RecordMeta[]> {
  const store = await setting.program.store();
  try {
    return await store.list();
  } catch (error) {
    if (!isAuthError(error, 'storage_corrupt') || !store.setAside) throw error;
    await store.setAside();
    return [];
  }
}

/** An API key or a client secret is a login too: what could get another token must not outlive the logout. */
async function forgetSecrets(setting: LoginSetting, records: readonly RecordMeta[]): Promise<boolean> {
  const store = await setting.program.store();
  const secrets = records.filter((record) => record.kind === 'profile');
  for (const { key } of secrets) await (store.remove ? store.remove(key) : store.update(key, () => undefined));
  return secrets.length > 0;
}

function worst(outcomes: readonly Pick<LogoutOutcome, 'revocation'>[]): LogoutOutcome['revocation'] {
  const found = new Set(outcomes.map(({ revocation }) => revocation));
  if (found.has('failed')) return 'failed';
  return found.has('revoked') ? 'revoked' : 'nothing';
}
