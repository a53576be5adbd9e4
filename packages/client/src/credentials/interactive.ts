/** Credentials that ask a person the first time. */
import { MfaRequiredError } from '../errors/credential-errors.js';
import { loginThroughLoopback, type LoopbackOptions } from '../flows/browser/loopback-login.js';
import { requestDeviceAuthorization, type DeviceAuthorization } from '../flows/device/device-authorization.js';
import { pollDeviceToken } from '../flows/device/device-poller.js';
import { loginWithPassword, type PasswordPrompter } from '../flows/password/password-login.js';
import type { DevicePrompt } from '../session/auth-events.js';
import {
  oauthCredential,
  type Acquisition,
  type OAuthCredentialOptions,
  type SessionCredential,
} from './oauth-credential.js';

/** How long other processes wait for the person who is already logging in. */
const interactive = { unattended: false, reacquire: true, lockTimeoutMs: 300_000 } as const;

/** A credential that sends the person to a browser on this computer. */
export function authorizationCodeCredential(
  options: OAuthCredentialOptions &
    Omit<LoopbackOptions, 'signal' | 'timeoutMs'> & { readonly loginTimeoutMs?: number },
): SessionCredential {
  const acquisition: Acquisition = {
    ...interactive,
    method: 'authorization_code',
    acquire: (connection, signal) =>
      loginThroughLoopback(connection, { ...options, timeoutMs: options.loginTimeoutMs, signal }),
  };
  return oauthCredential(options, acquisition);
}

/** A credential that shows the person a code to enter on any device. */
export function deviceCodeCredential(
  options: OAuthCredentialOptions & { readonly onPrompt: (prompt: DevicePrompt) => void | Promise<void> },
): SessionCredential {
  const credential: SessionCredential = oauthCredential(options, {
    ...interactive,
    method: 'device_code',
    acquire: async (connection, signal) => {
      const device = await requestDeviceAuthorization(connection, signal);
      const prompt = devicePrompt(device);
      credential.events.emit('login:prompt', prompt);
      await options.onPrompt(prompt);
      return pollDeviceToken(connection, device, { signal });
    },
  });
  return credential;
}

/** A credential that asks for a user name, a password and, where the server wants it, a second factor. */
export function passwordCredential(
  options: OAuthCredentialOptions & { readonly prompt: PasswordPrompter },
): SessionCredential {
  return oauthCredential(options, {
    ...interactive,
    method: 'password',
    acquire: async (connection, signal) => {
      const login = await loginWithPassword(connection, options.prompt, signal);
      if (login.type === 'tokens') return login.tokens;
      throw browserRequired(login.reason);
    },
  });
}

/** What may be shown of a device authorization. */
export function devicePrompt(device: Omit<DeviceAuthorization, 'deviceCode' | 'intervalSeconds'>): DevicePrompt {
  const { userCode, verificationUri, verificationUriComplete } = device;
  return {
    userCode,
    verificationUri,
    verificationUriComplete,
    expiresAt: new Date(device.expiresAt),
    qr: async () => {
      const { renderUnicodeCompact } = await import('uqr');
      return renderUnicodeCompact(verificationUriComplete ?? verificationUri);
    },
  };
}

/** The error for a login that has to go on in a browser where none can be used. */
export function browserRequired(reason: string | undefined): MfaRequiredError {
  return new MfaRequiredError({
    message: 'This login has to go on in a browser.',
    reason: reason ?? 'The server asks for a step that cannot be done here.',
    hint: 'Use the browser or the device method.',
    methods: ['browser'],
  });
}
