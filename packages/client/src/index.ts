/** `@authly/client`: log people and machines in from programs and command-line tools. */
export { systemClock } from './clock.js';
export type { Clock } from './clock.js';
export type {
  AccessToken,
  AuthMethod,
  Credential,
  RedactedToken,
  TokenRequest,
  TokenSource,
} from './credentials/credential.js';
export { AuthError, isAuthError } from './errors/auth-error.js';
export type { AuthErrorCode, AuthErrorParts, ExitCode } from './errors/auth-error.js';
export {
  ConfigurationError,
  CredentialUnavailableError,
  InsufficientScopeError,
  InvalidCredentialsError,
  LoginRequiredError,
  MfaRequiredError,
  SessionExpiredError,
  StepUpRequiredError,
} from './errors/credential-errors.js';
export type { SessionEnd } from './errors/credential-errors.js';
export { describeError } from './errors/describe-error.js';
export {
  AccessDeniedError,
  DeviceCodeExpiredError,
  LoginCancelledError,
  LoginTimeoutError,
  NonInteractiveError,
} from './errors/login-errors.js';
export {
  NetworkError,
  OAuthProtocolError,
  RateLimitedError,
  ServerError,
  TokenValidationError,
  UntrustedOriginError,
} from './errors/service-errors.js';
export type { NetworkFailure, TokenProblem } from './errors/service-errors.js';
export { StorageError } from './errors/storage-error.js';
export type { StorageFailure } from './errors/storage-error.js';
export { Secret } from './secret.js';
export { createTokenStore } from './store/create-token-store.js';
export type { TokenStoreOptions } from './store/create-token-store.js';
export { createMemoryStore } from './store/memory-store.js';
export type { Keyring, KeyringItem } from './store/os-keyring.js';
export type {
  LockOptions,
  RecordMeta,
  RecordSecrets,
  StoredRecord,
  StoreEvent,
  StoreInfo,
  TokenStore,
} from './store/token-store.js';
export { AuthClient } from './client/auth-client.js';
export type { SignalOptions } from './client/auth-client.js';
export type { AuthClientOptions, Logger } from './client/auth-client-options.js';
export type { AuthProvider, AuthSession, SessionOptions } from './client/auth-session.js';
export type { AuthStatus } from './client/auth-status.js';
export type { ConsideredRule, CredentialDescription, CredentialRule } from './client/credential-description.js';
export type { LogoutOutcome } from './client/end-session.js';
export type { ApiKeyOptions } from './credentials/api-key.js';
export { credentials } from './credentials/credentials.js';
export type { ExternalCommand, ExternalToken } from './credentials/external-command.js';
export type { OAuthCredentialOptions, SessionCredential } from './credentials/oauth-credential.js';
export type { PrivateJwk } from './flows/client-authentication.js';
export type { Introspection } from './flows/introspection.js';
export type { PasswordPrompter } from './flows/password/password-login.js';
export type { RevocationOutcome } from './flows/revocation.js';
export type { Identity } from './flows/userinfo.js';
export type { AuthEvents, DevicePrompt } from './session/auth-events.js';
export type { RefreshWindows } from './session/refresh-windows.js';
