import type { Config } from '../config/config.js';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';
import type { Terminal } from '../terminal/terminal.js';
import { logIn, logOut, reveal, startLogin } from './logins.js';
import { openAuthenticator } from './open-authenticator.js';
import { chooseServer } from './server-address.js';
import type { Session } from './session.js';
import { profileState, sessionState } from './session-state.js';
import { tokenSource } from './token-source.js';

export interface SessionParts {
  readonly config: Config;
  readonly terminal: Terminal;
  /** `--profile` */
  readonly profile: string | undefined;
}

/** The logins on this computer, kept by @authly/client, and the configuration with the server that they lead to. */
export async function createSession(
  parts: SessionParts,
): Promise<{ readonly session: Session; readonly config: Config }> {
  const opened = await openAuthenticator(parts);
  const { authenticator } = opened;
  const { env } = parts.config;
  const named = parts.profile ?? (env['AUTHLY_PROFILE'] || undefined);
  const foreignToken = FOREIGN.some((variable) => Boolean(env[variable]));
  const choice = chooseServer(parts.config, await authenticator.listProfiles(), { profile: named, foreignToken });
  const config: Config = {
    ...parts.config,
    values: { ...parts.config.values, apiUrl: choice.apiUrl },
    sources: { ...parts.config.sources, apiUrl: choice.source },
  };
  // A login that is only implied must not beat a token in the environment.
  const profileName = foreignToken && named === undefined ? undefined : choice.profile;
  const findLogin = async (login: string) => {
    const known = (await authenticator.listProfiles()).find((profile) => profile.name === login);
    if (!known) throw noSuchLogin(login);
    return known;
  };
  const place = { ...opened, config, profile: choice.profile, profileName, terminal: parts.terminal };
  const tokens = tokenSource(place);
  const session: Session = {
    ...tokens,
    state: () => sessionState(place),
    login: (request) => logIn(place, request),
    startLogin: (request) => startLogin(place, request),
    continueLogin: async (id) => {
      await authenticator.completeLogin(id);
      return sessionState(place);
    },
    reveal: () => reveal(place),
    logout: (how) => logOut(place, how),
    profiles: async () => (await authenticator.listProfiles()).map(profileState),
    remove: async (name, { localOnly }) => {
      await findLogin(name);
      await authenticator.deleteProfile(name, { revoke: !localOnly });
    },
    switchTo: async (name) => {
      const known = await findLogin(name);
      await authenticator.switchProfile(name);
      return { ...profileState(known), active: true };
    },
  };
  return { session, config };
}

/** Variables that hold a credential of their own. */
const FOREIGN = ['AUTHLY_TOKEN', 'AUTHLY_API_KEY', 'AUTHLY_CLIENT_SECRET', 'AUTHLY_CLIENT_SECRET_FILE'];

function noSuchLogin(name: string): CliError {
  return new CliError({
    message: 'Login not found',
    reason: `There is no login named '${name}' on this computer.`,
    hint: 'See: authly admin auth list',
    code: 'not_found',
    exitCode: EXIT.notFound,
  });
}
