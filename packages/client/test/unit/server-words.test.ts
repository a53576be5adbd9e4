import { describe, expect, it } from 'vitest';
import { isAuthError, type AuthError } from '../../src/index.js';
import { finishAuthorization, refreshTokens, startAuthorization } from '../../src/flows.js';
import { issuer, scriptedConnection } from '../support/scripted-server.js';

async function failureOf(call: Promise<unknown>): Promise<AuthError> {
  const error = await call.catch((failure: unknown) => failure);
  if (!isAuthError(error)) throw error;
  return error;
}

/** How a refresh fails whose answer is this error. */
async function refusedWith(body: object, headers: Record<string, string> = {}): Promise<AuthError> {
  const { connection } = scriptedConnection([{ status: 400, body, headers }]);
  return failureOf(refreshTokens(await connection, { refreshToken: 'rt' }));
}

describe('what a server says about an error', () => {
  // @rule 3.7
  it('is handed on: its words, its page and its name for the request', async () => {
    const body = {
      error: 'invalid_grant',
      error_description: 'Too old.',
      error_uri: 'https://auth.example.com/help#old',
    };
    const error = await refusedWith(body, { 'x-request-id': 'r-1' });
    expect(error).toMatchObject({
      code: 'oauth_error',
      oauthError: 'invalid_grant',
      reason: 'Too old.',
      docsUrl: 'https://auth.example.com/help#old',
      requestId: 'r-1',
    });
    expect(error.toJSON()).toMatchObject({ docs_url: 'https://auth.example.com/help#old', request_id: 'r-1' });
  });

  it('is handed on from the browser, too', async () => {
    const { connection } = scriptedConnection([]);
    const server = await connection;
    const request = await startAuthorization(server, { redirectUri: 'http://127.0.0.1:1/callback' });
    const answer = {
      error: 'access_denied',
      error_uri: 'https://auth.example.com/why',
      state: request.state,
      iss: issuer,
    };
    const error = await failureOf(finishAuthorization(server, request, new URLSearchParams(answer)));
    expect(error).toMatchObject({ code: 'access_denied', docsUrl: 'https://auth.example.com/why' });
  });

  it.each(['javascript:alert(1)', 'http://auth.example.com/help', 'not an address', 7])(
    'is not handed on when the page is %j',
    async (page) => {
      expect((await refusedWith({ error: 'invalid_grant', error_uri: page })).docsUrl).toBeUndefined();
    },
  );
});
