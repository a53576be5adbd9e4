/** The environment variables that the command reads beyond those of the settings. */
export const ENVIRONMENT: readonly (readonly [name: string, meaning: string])[] = [
  ['AUTHLY_HOME', 'Directory of config.toml and tokens.json; ~/.authly by default'],
  ['AUTHLY_TOKEN', 'An access token to use instead of a login'],
  ['AUTHLY_API_KEY', 'An API key to use instead of a login'],
  ['AUTHLY_PROFILE', 'The profile to use'],
  ['AUTHLY_KEYRING_PASSPHRASE', 'Locks the tokens with this passphrase instead of the keyring'],
  ['AUTHLY_MODE', 'Resource mode that is shown; admin commands are in cli mode by themselves'],
  ['AUTHLY_LOG_LEVEL', 'DEBUG tells on stderr what the command does'],
  ['AUTHLY_DEBUG_HTTP', 'true tells on stderr what goes over the wire, without secrets'],
  [
    'AUTHLY_BACKUP_PASSPHRASE',
    'What authly backup encrypts with, and authly restore opens; JWT_SECRET_KEY where it is not set',
  ],
  ['AUTHLY_NO_INPUT', 'Never ask anything'],
  ['AUTHLY_CA_FILE', 'A file of further certificate authorities to trust'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'The proxy to go through, and where not to'],
  ['NO_COLOR', 'Print without colours'],
];
