/** The variables that hold a credential of their own: where they are set, they come before a stored login. */
import type { Program } from './program.js';

/** Their names, as far as they are set. */
export function credentialVariables({ settings, envPrefix, env }: Program): readonly string[] {
  const file = `${envPrefix}_CLIENT_SECRET_FILE`;
  const secret = env[`${envPrefix}_CLIENT_SECRET`] || !env[file] ? `${envPrefix}_CLIENT_SECRET` : file;
  const names = [
    settings.token && `${envPrefix}_TOKEN`,
    settings.apiKey && `${envPrefix}_API_KEY`,
    settings.clientSecret && secret,
  ];
  return names.filter((name) => name !== undefined);
}
