/** Writing, listing, choosing and deleting profiles. */
import { latestSession } from '../client/profile-credential.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { needsPerson } from '../login/choose-method.js';
import type { LoginSetting } from '../login/log-in.js';
import { type Profile, type ProfileInput, type ProfileSummary, isProfileName } from '../profiles/profile.js';
import { profileNotFound } from '../profiles/profile-book.js';
import { keepSecrets } from '../profiles/profile-secrets.js';
import type { Program } from '../profiles/program.js';
import { profileKey } from '../store/cache-key.js';
import { logOut } from './log-out.js';

/** Writes a profile and stores its secrets. The program's own server and client fill in what the profile leaves out. */
export async function configureProfile(
  program: Program,
  name: string,
  input: ProfileInput,
  own: { readonly issuer?: string; readonly clientId?: string; readonly apiUrl?: string },
): Promise<Profile> {
  if (!isProfileName(name)) throw badName();
  const { clientSecret, apiKey, privateKeyJwk, ...open } = input;
  const set = Object.fromEntries(Object.entries(open).filter(([, value]) => value !== undefined));
  const known = await program.book.find(name);
  const profile: Profile = {
    ...known,
    ...set,
    name,
    method: open.method ?? methodOf(input, known?.method),
    issuer: open.issuer ?? known?.issuer ?? own.issuer ?? program.settings.issuer,
    clientId: open.clientId ?? known?.clientId ?? own.clientId,
    apiUrl: open.apiUrl ?? known?.apiUrl ?? own.apiUrl ?? program.settings.apiUrl,
  };
  const privateKey = privateKeyJwk === undefined ? undefined : JSON.stringify(privateKeyJwk);
  await keepSecrets(await program.store(), profile, { clientSecret, apiKey, privateKey }, program.clock.now());
  await program.book.save(profile);
  return profile;
}

/** Whoever gives a profile a secret means the method that needs nothing else, unless people log in to it. */
function methodOf({ apiKey, clientSecret, privateKeyJwk }: ProfileInput, known: Profile['method']): Profile['method'] {
  if (apiKey !== undefined) return 'api_key';
  if (known === 'auto' || (known !== undefined && needsPerson(known))) return known;
  return (clientSecret ?? privateKeyJwk) === undefined ? known : 'client_credentials';
}

/** Every profile and who is logged in to it. */
export async function listProfiles(program: Program): Promise<ProfileSummary[]> {
  const store = await program.store();
  const active = await activeName(program);
  const entries = await program.book.list();
  return Promise.all(
    entries.map(async ({ profile, source }) => {
      const session = await latestSession(store, profile);
      const secrets = (await store.list()).some((record) => record.key === profileKey(profile.name));
      return {
        ...profile,
        source,
        active: profile.name === active,
        loggedIn: session?.status === 'active' || (session === undefined && secrets),
        username: session?.username,
      };
    }),
  );
}

/** One profile; the one in force when none is named. */
export async function getProfile(program: Program, name?: string): Promise<Profile> {
  const wanted = name ?? (await activeName(program));
  const profile = await program.book.find(wanted);
  if (profile) return profile;
  throw profileNotFound(wanted);
}

/** Makes a profile the one in force. */
export async function switchProfile(program: Program, name: string): Promise<void> {
  const profile = await getProfile(program, name);
  const store = await program.store();
  await program.book.activate(name);
  await store.activate?.((await latestSession(store, profile))?.key);
}

/** Deletes a profile, its session and its secrets. */
export async function deleteProfile(
  program: Program,
  name: string,
  setting: LoginSetting & { readonly revoke: boolean },
): Promise<void> {
  await getProfile(program, name);
  // First the file: a profile that was written by hand is refused before anything is lost.
  await program.book.remove(name);
  await logOut(setting, { profileName: name, localOnly: !setting.revoke });
  const store = await program.store();
  const key = profileKey(name);
  await (store.remove ? store.remove(key) : store.update(key, () => undefined));
}

async function activeName(program: Program): Promise<string> {
  return program.settings.profile ?? (await program.book.active()) ?? 'default';
}

function badName(): ConfigurationError {
  return new ConfigurationError({
    message: 'The name of the profile cannot be used.',
    reason: 'A name has up to 64 letters, digits, dots, dashes, underscores or @, and starts with a letter or a digit.',
    hint: 'Choose another name.',
  });
}
