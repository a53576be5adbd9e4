/** What the tests of second factors share. */
import type { AuditEvent } from '../../src/model/audit-event.js';
import { type GivenAuthenticator, givenAuthenticator } from '../support/authenticator.js';
import { type Agent, createAgent, type Page, sessionCookie } from '../support/agent.js';
import type { GivenUser } from '../support/given.js';
import type { TestServer } from '../support/server.js';

/** A person who is asked for a code after the password. */
export interface Guarded extends GivenUser {
  readonly app: GivenAuthenticator;
}

export async function guardedUser(
  server: TestServer,
  wish: Parameters<TestServer['given']['user']>[0] = {},
): Promise<Guarded> {
  const user = await server.given.user(wish);
  return { ...user, app: await givenAuthenticator(server, user.user) };
}

/** Types name and password into the sign-in page of this address; ends at whatever comes next. */
export async function typePassword(agent: Agent, { user, password }: GivenUser, address = '/login'): Promise<Page> {
  const page = await agent.follow(await agent.get(address));
  return agent.submit(page, 'login-form', { username: user.username, password });
}

/** Types a code into the page that asks for it. */
export function typeCode(agent: Agent, page: Page, code: string): Promise<Page> {
  return agent.submit(page, 'second-factor-form', { code });
}

/** A browser in which this person is signed in with both factors. */
export async function signedInWithBoth(server: TestServer, person: Guarded): Promise<Agent> {
  const agent = createAgent(server.url);
  const page = await typeCode(agent, await typePassword(agent, person), person.app.code());
  if (page.status !== 200 || !agent.cookies.has(sessionCookie(server)))
    throw new Error(`not signed in: ${page.status}`);
  // The next code is another one.
  server.clock.advance(30);
  return agent;
}

/** A code that is wrong at this moment. */
export function wrongCode(app: GivenAuthenticator): string {
  const right = Number(app.code());
  return String((right + 500_000) % 1_000_000).padStart(6, '0');
}

/** What the audit log says of a person, newest first. */
export async function eventsOf(
  server: TestServer,
  { user }: Pick<GivenUser, 'user'>,
): Promise<readonly Pick<AuditEvent, 'action' | 'outcome' | 'details'>[]> {
  const actions = [
    'login',
    'login.first_factor',
    'login.stepped_up',
    'second_factor.enabled',
    'second_factor.removed',
    'user.second_factor_reset',
    'recovery_codes.renewed',
  ] as const;
  const events = await server.context.audit.recentOf(user.id, { actions, limit: 50 });
  return events.map(({ action, outcome, details }) => ({ action, outcome, details }));
}
