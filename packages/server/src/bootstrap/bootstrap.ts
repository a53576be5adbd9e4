import type { Context } from '../ports/context.js';
import { FIRST_PARTY_CLIENT_ID } from '../protocol/first-party.js';
import { DEMO_CLIENT_ID, ensureDemoClient, ensureFirstPartyClient, ensureProxyClient } from './clients.js';
import { type Administrator, ensureAdministrator, ensureSeedPeople, workingSeedPeople } from './people.js';
import { ensureScopes } from './scopes.js';

export type BootstrapContext = Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'hashing' | 'settings'>;

export interface FirstAccount {
  readonly username: string;
  readonly password: string;
}

/** What the first start made and the terminal may show. */
export interface BootstrapResult {
  readonly administrator?: Administrator;
  /** Ways to sign in that work right now. To find out takes as long as signing in with each of them. */
  accounts(): Promise<readonly FirstAccount[]>;
  readonly demo?: { readonly clientId: string; readonly secret: string };
}

/**
 * What a server needs before its first request: scopes, an administrator, our own client. Every step adds what is missing
 * and nothing else, so that it can run again, and on several servers at once.
 */
export async function bootstrap(
  options: { readonly seed?: { readonly demoSecret: string } | undefined; readonly proxySecret?: string | undefined },
  context: BootstrapContext,
): Promise<BootstrapResult> {
  const isAsked = context.settings.mode === 'embedded' || context.settings['bootstrap.enabled'];
  if (!isAsked && options.seed === undefined) return { accounts: () => Promise.resolve([]) };
  const seeded = options.seed === undefined ? new Set<string>() : await ensureSeedPeople(context);
  // The client comes after the administrator: where it is, the first start was finished.
  const isFirstStart = (await context.store.clients.find(FIRST_PARTY_CLIENT_ID)) === undefined;
  const administrator = await ensureAdministrator({ isFirstStart }, context);
  await ensureScopes(context);
  await ensureFirstPartyClient(context);
  if (options.proxySecret !== undefined) await ensureProxyClient(options.proxySecret, context);
  const { generatedPassword, username } = administrator;
  const made = generatedPassword === undefined ? [] : [{ username, password: generatedPassword }];
  if (options.seed === undefined) return { administrator, accounts: () => Promise.resolve(made) };
  await ensureDemoClient(options.seed.demoSecret, context);
  return {
    administrator,
    accounts: async () => [...made, ...(await workingSeedPeople(seeded, context))],
    demo: { clientId: DEMO_CLIENT_ID, secret: options.seed.demoSecret },
  };
}
