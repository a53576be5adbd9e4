import { randomBytes } from 'node:crypto';
import { s256Challenge } from '@authly/oauth';
import type { GivenClient, GivenUser } from '../support/given.js';
import type { TestServer } from '../support/server.js';

/** A first-party program in front of the authorization challenge endpoint. */

export const CHALLENGE = '/api/v1/oauth/authorize-challenge';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly authorization_code?: string;
  readonly auth_session?: string;
  readonly mfa_methods?: readonly string[];
  readonly error?: string;
  readonly error_description?: string;
}

export interface Program {
  readonly verifier: string;
  /** The first round, with the program's own code_challenge; an empty value leaves a parameter out. */
  begin(user: Pick<GivenUser, 'user' | 'password'>, changes?: Record<string, string>): Promise<Answered>;
  /** A next round. */
  goOn(authSession: string | undefined, otp: string, changes?: Record<string, string>): Promise<Answered>;
  /** Any form at all, as this client. */
  send(form: Record<string, string> | [string, string][], headers?: Record<string, string>): Promise<Answered>;
  redeem(code: string | undefined, changes?: Record<string, string>): Promise<Response>;
}

/** A program of this client, or of our own. */
export async function program(server: TestServer, client?: GivenClient): Promise<Program> {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = await s256Challenge(verifier);
  const named: Record<string, string> =
    client === undefined ? { client_id: 'authly' } : client.secret === '' ? { client_id: client.clientId } : {};
  const send: Program['send'] = async (form, headers = {}) => {
    const response = await server.post(CHALLENGE, form, { ...client?.basic, ...headers });
    const body = (await response.json()) as Omit<Answered, 'status' | 'headers'>;
    return { ...body, status: response.status, headers: response.headers };
  };
  return {
    verifier,
    send,
    begin: ({ user, password }, changes = {}) =>
      send({
        ...named,
        response_type: 'code',
        username: user.username,
        password,
        scope: 'openid profile offline_access',
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...changes,
      }),
    goOn: (authSession, otp, changes = {}) => send({ ...named, auth_session: authSession ?? '', otp, ...changes }),
    redeem: (code, changes = {}) =>
      server.post(
        '/api/v1/oauth/token',
        { ...named, grant_type: 'authorization_code', code: code ?? '', code_verifier: verifier, ...changes },
        client?.basic ?? {},
      ),
  };
}
