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
