import { basename, dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import { tracingPlatform, wantsTrace } from '../http/trace.js';
import type { Terminal } from '../terminal/terminal.js';
import { version } from '../version.js';

/** The authenticator of @authly/client, set up as the admin command: its files, its variables, its words. */
export async function openAuthenticator({
  config,
  terminal,
}: {
  readonly config: Config;
  readonly terminal: Terminal;
}) {
  const { CLIAuthenticator, createTokenStore, platformFetch, Secret } = await import('./client-library.js');
  const { env, values } = config;
  const passphrase = env['AUTHLY_KEYRING_PASSPHRASE'];
  const store = await createTokenStore({
    kind: values.storage,
    dir: dirname(values.tokenFile),
    fileName: basename(values.tokenFile),
    appName: 'authly',
    // A home of its own keeps everything: nothing is left behind in the user's.
    ...(env['AUTHLY_HOME'] ? { stateDir: join(config.home, 'state') } : {}),
    ...(passphrase ? { passphrase: Secret.from(passphrase) } : {}),
    env,
  });
  const fetch = platformFetch({ env, caFile: env['AUTHLY_CA_FILE'] || undefined });
  const authenticator = new CLIAuthenticator({
    appName: 'authly',
    appVersion: version,
    envPrefix: 'AUTHLY',
    env: terminal.asks ? env : { ...env, AUTHLY_NO_INPUT: '1' },
    configDir: config.home,
    configFile: config.file.path,
    loginCommand: 'authly admin auth login',
    continuesLogins: true,
    store,
    timeoutMs: values.timeout * 1000,
    fetch: wantsTrace(env) ? tracingPlatform(fetch, { tell: terminal.tell, now: () => performance.now() }) : fetch,
  });
  authenticator.on('storage:fallback', ({ reason, to }) =>
    terminal.tell(`⚠️  The system keyring is not used: ${reason} The key of your tokens is in ${to}.`),
  );
  return { authenticator, store };
}

export type OpenAuthenticator = Awaited<ReturnType<typeof openAuthenticator>>;
