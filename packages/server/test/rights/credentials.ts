/** Every credential of one person with one client, and what each is still worth. */
import type { TokenResponse } from '@authly/oauth';
import { connect, askForCode, poll } from '../device/device.js';
import { type GivenClient, type GivenUser, redeem, refreshWith } from '../support/given.js';
import type { TestServer } from '../support/server.js';

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly scope?: string; readonly error?: string };
}

export async function read(response: Response): Promise<Answered> {
  return { status: response.status, body: (await response.json().catch(() => ({}))) as Answered['body'] };
}

export function scopesOf({ body }: Answered): readonly string[] {
  return (body.scope ?? '').split(' ').filter(Boolean).sort();
}

export interface Credentials {
  readonly tokens: TokenResponse;
  refresh(changes?: Record<string, string>): Promise<Answered>;
  introspect(token: string): Promise<Answered>;
  userinfo(token?: string): Promise<Answered>;
  /** A code that was issued before, redeemed now. */
  redeem(): Promise<Answered>;
  /** A device that was let in before, and asks now. */
  poll(): Promise<Answered>;
  /** The browser in which the person is signed in asks for another code. */
  authorize(): Promise<string>;
}

/** Tokens, a code and an approved device, each with these scopes, all given now. */
export async function giveAll(
  server: TestServer,
  user: GivenUser,
  client: GivenClient,
  scope: string,
): Promise<Credentials> {
  const tokens = await server.given.tokens({ user, client, scope });
  const run = await server.given.code({ user, client, scope });
  const device = await askForCode(server, client, {}, scope);
  await connect(run.agent, device);
  return {
    tokens,
    refresh: async (changes) => read(await refreshWith(server.url, client, tokens.refresh_token ?? '', changes)),
    introspect: async (token) => read(await server.post('/api/v1/oauth/introspect', { token }, client.basic)),
    userinfo: async (token = tokens.access_token) =>
      read(await fetch(`${server.url}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}` } })),
    redeem: async () => read(await redeem(server.url, client, run)),
    poll: async () => read(await poll(server, client, device)),
    authorize: async () => {
      const again = await server.given.code({ user, client, scope, agent: run.agent }).catch((error: Error) => error);
      return again instanceof Error ? again.message : 'code';
    },
  };
}
