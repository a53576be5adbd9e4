/** Several credentials, the first that is set up wins. */
import { isAuthError } from '../errors/auth-error.js';
import { CredentialUnavailableError } from '../errors/credential-errors.js';
import type { AuthMethod, Credential } from './credential.js';

/** Asks each credential in turn; only CredentialUnavailableError moves on to the next one, and the winner stays the winner. */
export function chainCredential(...links: readonly Credential[]): Credential {
  let winner: Credential | undefined;
  return {
    get method(): AuthMethod {
      return (winner ?? links[0])?.method ?? 'static_token';
    },
    getToken: async (request) => {
      if (winner) return winner.getToken(request);
      const reasons: string[] = [];
      for (const link of links) {
        try {
          const token = await link.getToken(request);
          winner = link;
          return token;
        } catch (error) {
          if (!isAuthError(error, 'credential_unavailable')) throw error;
          reasons.push(`${link.method}: ${error.message}`);
        }
      }
      throw noneAvailable(reasons);
    },
    invalidate: async (token) => winner?.invalidate?.(token),
    authorize: (headers, token) => {
      if (winner?.authorize) winner.authorize(headers, token);
      else headers.set('authorization', `${token.type} ${token.token}`);
    },
  };
}

function noneAvailable(reasons: readonly string[]): CredentialUnavailableError {
  return new CredentialUnavailableError({
    message: 'No credential is set up.',
    reason: reasons.join(' ') || 'The chain is empty.',
    hint: 'Set one of them up, or log in.',
  });
}
