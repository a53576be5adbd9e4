/** The vocabulary of OAuth 2.1 and OpenID Connect that Authly's server and clients share. Pure; runs in a browser too. */
export * from './client-auth-method.js';
export * from './error-code.js';
export * from './grant-type.js';
export * from './ids.js';
export * from './metadata.js';
export * from './parameters.js';
export * from './pkce.js';
export * from './prompt.js';
export * from './redirect-uri.js';
export * from './response-mode.js';
export * from './scope.js';
export * from './secret-format.js';
export * from './token-response.js';
