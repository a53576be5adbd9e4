import { ADMIN_SCOPES } from '@authly/admin-api/client';
import { planned } from '../../change.js';
import { shortenHome } from '../../config/home.js';
import type { Context } from '../../context.js';
import { CliError } from '../../errors/cli-error.js';
import { EXIT } from '../../errors/exit-code.js';
import { fieldLines } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { choice, flag, integer, text, texts, negativeFlag } from '../../program/option.js';
import { LOGIN_METHODS, type LoginRequest, type SessionState } from '../../session/session.js';
import { oneLine, safeJson } from '../../terminal/plain-text.js';
import { ask, askSecret } from '../../terminal/prompt.js';
import { utc } from '../../terminal/time.js';
import { wordsOf } from '../words-of.js';
import { apiKeyFromStdin, loginFromStdin, warnAboutPassword } from '../password-option.js';
import { startLogin } from './start-login.js';
import { stateJson } from '../../session/state-json.js';

export const login = defineCommand({
  name: 'login',
  summary: 'Login to the Authly Admin API.',
  options: {
    username: text('Admin username', { short: 'u' }),
    password: text('Admin password (not recommended for security)', { short: 'p' }),
    passwordStdin: flag('Read the password from standard input'),
    otpStdin: flag('Read the code of the second factor from standard input, after the password'),
    withToken: flag('Read an API key from standard input and keep it'),
    scope: texts('Scopes to ask for (space-separated, can be used multiple times)', {
      short: 's',
      default: 'every admin scope',
    }),
    showToken: flag('Display the access and refresh tokens (use with caution)'),
    method: choice(LOGIN_METHODS, 'How to log in', { default: 'password' }),
    noBrowser: negativeFlag('Open no browser, only show the address'),
    callbackPort: integer('Fixed port for the answer of the browser', { min: 1 }),
    noWait: negativeFlag('Start a device login, print it as JSON, and end'),
    continue: text('Finish a login that --no-wait started', { placeholder: 'ID' }),
    loginTimeout: integer('Seconds that you may take in the browser', { min: 1, default: '300' }),
  },
  shared: ['output', 'dryRun', 'verbose'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '# Interactive login (recommended)',
        '$ authly admin auth login',
        '',
        '# Non-interactive (CI/CD environments only)',
        '$ printf "%s" "$ADMIN_PASSWORD" | authly admin auth login --username admin --password-stdin',
        '',
        '# Custom API URL',
        '$ authly admin auth login --api-url "https://auth.mycompany.com"',
        '',
        '# In the browser, or with a code on another device: whichever fits this computer',
        '$ authly admin auth login --method auto',
        '',
        '# Show tokens for debugging (careful - tokens are sensitive!)',
        '$ authly admin auth login --show-token',
      ],
    },
    { title: 'Available Scopes', lines: ADMIN_SCOPES },
    {
      title: 'Security Notes',
      lines: [
        'Tokens are encrypted; the key is in the keyring of the system where there is one.',
        'A token goes to the server that issued it, and to no other.',
        '--password shows the password to everybody who can list processes.',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    if (context.shared.dryRun) planned(context, `log in to ${context.config.values.apiUrl}`);
    if (context.output !== 'json') tellServer(context);
    if (options.noWait) return startLogin(context, wantedScopes(options.scope));
    const state =
      options.continue === undefined
        ? await logIn(options, context)
        : await context.session.continueLogin(options.continue);
    await printLogin(state, context, { showToken: options.showToken, wanted: wantedScopes(options.scope) });
  },
});

// A login decides for later commands which server they talk to: nobody must find that out by changing the wrong one.
function tellServer({ terminal, config: { values, sources } }: Context): void {
  const isChosenNow = sources.apiUrl !== 'default' && !sources.apiUrl.startsWith('login ');
  terminal.tell(`Server: ${values.apiUrl}`);
  if (isChosenNow) terminal.tell('Later commands go there too, unless --api-url or auth switch says otherwise.');
}

interface Given {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly passwordStdin: boolean;
  readonly otpStdin: boolean;
  readonly withToken: boolean;
  readonly scope: readonly string[];
  readonly method: (typeof LOGIN_METHODS)[number] | undefined;
  readonly noBrowser: boolean;
  readonly callbackPort: number | undefined;
  readonly loginTimeout: number | undefined;
}

async function logIn(options: Given, context: Context): Promise<SessionState> {
  const { username } = options;
  if (options.password !== undefined) warnAboutPassword(context);
  // Read before anything is asked: the password may come down the same pipe that a prompt would read.
  const piped = await loginFromStdin(options, context);
  const password = piped.password ?? options.password;
  const apiKey = options.withToken ? await apiKeyFromStdin(context) : undefined;
  const method = apiKey === undefined ? options.method : 'api-key';
  const byPassword = method === undefined || method === 'password';
  if (byPassword && !context.terminal.interactive) requireBoth({ username, password }, context);
  return context.session.login({
    method,
    scopes: wantedScopes(options.scope),
    // Asked only when the server has been found: nobody types a password for nothing.
    username: async () => username ?? ask(context.terminal, 'Username: '),
    password: async () => password ?? askSecret(context.terminal, 'Password: '),
    otp: codeSource(piped.otp, context),
    apiKey,
    noBrowser: options.noBrowser,
    callbackPort: options.callbackPort,
    waitSeconds: options.loginTimeout,
  });
}

/** Where codes of a second factor come from: one from standard input, or as many as it takes from the person. */
function codeSource(piped: string | undefined, { terminal }: Context): LoginRequest['otp'] {
  if (piped !== undefined)
    return async ({ attempt }) => {
      if (attempt > 1) throw codeRefused();
      return piped;
    };
  if (!terminal.interactive) return undefined;
  return async ({ attempt }) => {
    if (attempt > 1) terminal.tell('That code was not accepted.');
    return ask(terminal, 'Code of your authenticator app, or a recovery code: ');
  };
}

function codeRefused(): CliError {
  return new CliError({
    message: 'The code was refused',
    reason: 'The code of the second factor is wrong, or was used before.',
    hint: 'Wait for the next code, then run the command again.',
    code: 'invalid_credentials',
    exitCode: EXIT.authentication,
  });
}

interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

function requireBoth({ username, password }: Credentials, { terminal }: Context): void {
  if (username !== undefined && password !== undefined) return;
  throw new CliError({
    message: `Missing option: ${username === undefined ? '--username' : '--password-stdin'}`,
    reason: `Nobody can be asked: ${terminal.silence}.`,
    hint: 'Run: authly admin auth login --username NAME --password-stdin < FILE, or set AUTHLY_TOKEN or AUTHLY_API_KEY, or let somebody finish it elsewhere: authly admin auth login --no-wait',
    code: 'non_interactive',
    exitCode: EXIT.authentication,
  });
}

function wantedScopes(given: readonly string[]): readonly string[] {
  return given.length > 0 ? wordsOf(given) : ADMIN_SCOPES;
}

interface Printing {
  readonly showToken: boolean;
  readonly wanted: readonly string[];
}

async function printLogin(state: SessionState, context: Context, { showToken, wanted }: Printing): Promise<void> {
  const { terminal, config } = context;
  const tokens = showToken ? await context.session.reveal() : undefined;
  for (const line of remarks(state, wanted)) terminal.tell(`⚠️  ${oneLine(line)}`);
  if (context.output === 'json') {
    const shown = tokens && { access_token: tokens.accessToken, refresh_token: tokens.refreshToken ?? null };
    return terminal.print(safeJson({ ...stateJson(state, context), ...shown }));
  }
  terminal.print(
    `${terminal.color.green('✓')} Successfully logged in as ${oneLine(state.username ?? state.subject ?? 'unknown')}`,
  );
  if (tokens) terminal.print(`   Access token: ${oneLine(tokens.accessToken)}`);
  if (tokens?.refreshToken) terminal.print(`   Refresh token: ${oneLine(tokens.refreshToken)}`);
  const path = shortenHome(state.storage.path, config.env);
  terminal.print(state.storage.backend === 'memory' ? 'Token kept in memory only' : `Token stored securely in ${path}`);
  if (!context.shared.verbose) return;
  const details = fieldLines([
    ['API URL', state.apiUrl],
    ['Token expires', utc(state.expiresAt)],
    ['Scopes', state.scopes.join(', ')],
  ]);
  for (const line of details) terminal.print(line);
}

function remarks(state: SessionState, wanted: readonly string[]): readonly string[] {
  // Where the key of the tokens is was said when it was made.
  const warnings = state.warnings.filter((text) => !text.includes('keyring'));
  const missing = wanted.filter((scope) => !state.scopes.includes(scope));
  if (state.scopes.length === 0 || missing.length === 0) return warnings;
  const administrative = state.scopes.some((scope) => scope.startsWith('admin:'));
  if (!administrative && wanted.some((scope) => scope.startsWith('admin:')))
    return [...warnings, 'This account is not an administrator: no admin scope was granted.'];
  return [...warnings, `Not granted: ${missing.join(', ')}`];
}
