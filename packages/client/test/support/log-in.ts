/** A small tool whose only command is `login`. */
import { CLIAuthenticator } from '../../src/cli.js';
import { describeError, isAuthError } from '../../src/index.js';

const authenticator = new CLIAuthenticator({
  appName: 'my-app',
  loginCommand: 'my-app login',
  continuesLogins: true,
  issuer: process.env.ISSUER,
  clientId: 'cli',
  scopes: ['openid', 'profile', 'offline_access'],
});
try {
  const method = process.argv[2] === undefined ? 'auto' : 'device_code';
  const { username } = await authenticator.login({ method, noBrowser: true });
  process.stdout.write(`logged in as ${username}\n`);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = isAuthError(error) ? error.exitCode : 1;
}
