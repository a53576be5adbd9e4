/** What the command takes from @authly/client. Loaded late and as one piece: only admin commands need it. */
export { createTokenStore, Secret } from '@authly/client';
export { CLIAuthenticator, platformFetch } from '@authly/client/cli';
