/** Keeping an API key as the login of a profile. */
import { isAuthError } from '../errors/auth-error.js';
import { InvalidCredentialsError } from '../errors/credential-errors.js';
import { NonInteractiveError } from '../errors/login-errors.js';
import { connect } from '../flows/connection.js';
import { oauthErrorOf } from '../flows/oauth-failure.js';
import { requestUserInfo, type Identity } from '../flows/userinfo.js';
import { profileKey } from '../store/cache-key.js';
import type { RecordMeta, StoredRecord } from '../store/token-store.js';
import type { LoginSetting } from './log-in.js';
import type { LoginOptions } from './login-options.js';
import type { LoginTarget } from './login-target.js';

/** Asks for the key where it was not given, tries it, and stores it encrypted. Rejects with InvalidCredentialsError when the server refuses it. */
export async function keepApiKey(
  setting: LoginSetting,
  target: LoginTarget,
  options: LoginOptions,
): Promise<RecordMeta> {
  const { program } = setting;
  const key = await givenKey(setting, target, options);
  const identity = await whoseKey(setting, target, key);
  const store = await program.store();
  const record: StoredRecord = {
    key: profileKey(target.profile),
    kind: 'profile',
    profile: target.profile,
    issuer: target.issuer,
    clientId: target.clientId,
    apiUrl: target.apiUrl,
    method: 'api_key',
    subject: identity?.subject,
    username: identity?.username,
    scopes: [],
    obtainedAt: program.clock.now(),
    refreshable: false,
    status: 'active',
    secrets: { apiKey: key },
  };
  await store.update(record.key, (current) => ({ ...record, secrets: { ...current?.secrets, apiKey: key } }));
  const { profile: name, issuer, clientId, apiUrl } = target;
  await program.book.save({ ...(await program.book.find(name)), name, issuer, clientId, apiUrl, method: 'api_key' });
  await program.book.activate(name);
  return record;
}

async function givenKey(setting: LoginSetting, target: LoginTarget, options: LoginOptions): Promise<string> {
  const given = options.apiKey ?? setting.program.settings.apiKey;
  if (given) return given.reveal().trim();
  if (setting.terminal.interactive) {
    return (await setting.terminal.secret({ message: 'API key: ', signal: options.signal })).trim();
  }
  if (target.apiKey) return target.apiKey.reveal();
  throw new NonInteractiveError({
    message: 'No API key was given.',
    reason: 'There is no terminal to ask on.',
    hint: 'Give the key on standard input, or set it in the environment.',
    alternatives: [`Set ${setting.program.envPrefix}_API_KEY.`],
  });
}

/** Not every server tells whose key it is; only one that refuses the key outright is believed. */
async function whoseKey(setting: LoginSetting, target: LoginTarget, key: string): Promise<Identity | undefined> {
  try {
    const connection = await connect({ ...setting.http, ...target, clientSecret: undefined });
    return await requestUserInfo(connection, { accessToken: key });
  } catch (error) {
    if (!isAuthError(error)) throw error;
    if (oauthErrorOf(error) !== 'invalid_token') return undefined;
    throw new InvalidCredentialsError({
      message: 'The server did not accept the API key.',
      reason: 'It is wrong, expired or revoked.',
      hint: 'Copy it again, or make a new one.',
      requestId: error.requestId,
    });
  }
}
