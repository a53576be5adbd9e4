import type { UserId } from '@authly/oauth';
import { grantableToKeys } from '../../../../identity/api-key-rules.js';
import type { SignedIn } from '../../../../identity/browser-session.js';
import { isRecent } from '../../../../identity/second-factor/prove-again.js';
import { asksForProof } from '../../../../identity/factors/totp/set-up.js';
import type { User } from '../../../../model/people/user.js';
import { consentedResource } from '../../../../protocol/authorize/consent-extras.js';
import type { Web } from '../../../web.js';
import { type ScopeView, scopeView } from '../../parts/permissions.js';
import type { ProofProblem } from '../proof.js';
import type { ApiKeysProps } from '../api-keys/section.js';
import type { AppAccessView } from '../apps.js';
import type { SecondFactorState } from '../second-factor/section.js';
import type { PageLinks } from '../section.js';
import type { ProgramView, SessionView } from '../sessions.js';
import { appLogo } from '../../app-logo.js';

const SESSIONS_ON_A_PAGE = 20;
/** More than one person can have, with those that overlap after a rotation. */
const MOST_KEYS = 200;
const DAY = 86_400;

/** Seconds that a new key may live, in the order they are offered. */
export const KEY_LIFETIMES_DAYS: readonly number[] = [30, 90, 365];
export const KEY_OVERLAP_HOURS: readonly number[] = [24, 1, 0, 168];

/** What the person has set up besides the password. */
export async function secondFactorState(
  signedIn: SignedIn,
  problem: ProofProblem | undefined,
  { context }: Web,
): Promise<SecondFactorState> {
  const factors = await context.store.secondFactors.listOf(signedIn.user.id);
  const app = factors.find((factor) => factor.kind === 'otp');
  const codes = factors.find((factor) => factor.kind === 'recovery_code');
  return {
    app: app && { since: app.enabledAt },
    recoveryCodes: codes && { left: codes.left, madeAt: codes.madeAt },
    asksForPassword: asksForProof(signedIn, factors, context),
    problem,
  };
}

/** A page of the browsers in which the person is signed in. */
export async function sessionViews(
  { user, session: current }: SignedIn,
  page: number,
  web: Web,
): Promise<{ readonly sessions: readonly SessionView[]; readonly pages: PageLinks }> {
  const { context } = web;
  const now = context.clock.now();
  const offset = (page - 1) * SESSIONS_ON_A_PAGE;
  const found = await context.store.sessions.listOf(user.id, { limit: SESSIONS_ON_A_PAGE + 1, offset, now });
  const idle = now.getTime() - context.settings['sessions.idle'] * 1000;
  const sessions = found
    .slice(0, SESSIONS_ON_A_PAGE)
    .filter((session) => session.lastSeenAt.getTime() >= idle)
    .map((session) => ({
      id: session.id,
      current: session.id === current.id,
      userAgent: session.userAgent,
      address: session.ip,
      startedAt: session.createdAt,
      lastUsedAt: session.lastSeenAt,
    }));
  const pageAddress = (number: number): string => `${web.base}/account?sessions_page=${number}#sessions`;
  const pages = {
    ...(page > 1 && { newer: pageAddress(page - 1) }),
    ...(found.length > SESSIONS_ON_A_PAGE && { older: pageAddress(page + 1) }),
  };
  return { sessions, pages };
}

/** More than anybody keeps; the rest ends with the button for all. */
const MOST_PROGRAMS = 100;

/** The programs in which the person is logged in. */
export async function programViews(userId: UserId, web: Web): Promise<readonly ProgramView[]> {
  const { context } = web;
  const logins = await context.store.programLogins.listOf(userId, { limit: MOST_PROGRAMS, now: context.clock.now() });
  return Promise.all(
    logins.map(async ({ grantId, clientId, startedAt, lastUsedAt }) => ({
      id: grantId,
      name: (await context.directory.client(clientId))?.name ?? clientId,
      startedAt,
      lastUsedAt,
    })),
  );
}

/** The applications that the person has let in. */
export async function appViews(userId: UserId, web: Web): Promise<readonly AppAccessView[]> {
  const { context } = web;
  const consents = await context.store.consents.listOf(userId);
  const views = await Promise.all(
    consents.map(async ({ clientId, scopes, grantedAt }) => {
      const client = await context.directory.client(clientId);
      return {
        clientId,
        name: client?.name ?? clientId,
        ...(client && { logoUri: appLogo(client, web) }),
        scopes: await inWords(scopes, web),
        allowedAt: grantedAt,
      };
    }),
  );
  return views.toSorted((left, right) => right.allowedAt.getTime() - left.allowedAt.getTime());
}

/** The person's keys that work, and what a new one may be. */
export async function keysProps({ user, session }: SignedIn, web: Web): Promise<ApiKeysProps> {
  const { context } = web;
  const { keys } = await context.store.apiKeys.list({
    owner: { userId: user.id },
    limit: MOST_KEYS,
    offset: 0,
    includeInactive: false,
    now: context.clock.now(),
  });
  return {
    keys: await Promise.all(
      keys.map(async (key) => ({
        id: key.id,
        name: key.name,
        prefix: `authly_pat_…${key.hint}`,
        scopes: await inWords(key.scopes, web),
        createdAt: key.createdAt,
        lastUsedAt: key.lastUsedAt,
        expiresAt: key.expiresAt,
      })),
    ),
    grantable: await inWords(await offeredToKeys(user, context), web),
    proof: isRecent(session, context)
      ? undefined
      : { user, takesCode: (await context.store.secondFactors.listOf(user.id)).length > 0 },
    lifetimesDays: KEY_LIFETIMES_DAYS,
    allowNever: true,
    overlapHours: KEY_OVERLAP_HOURS,
  };
}

/** What a key means nothing by: it is no sign-in, and applications ask it for no address. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['openid', 'address', 'phone']);

async function offeredToKeys(user: User, context: Web['context']): Promise<readonly string[]> {
  return (await grantableToKeys({ user }, context)).filter((scope) => !NOT_OFFERED.has(scope));
}

/** The chosen scopes, with the one without which UserInfo would tell a key nothing of a profile. */
export function scopesOfKey(chosen: readonly string[]): readonly string[] {
  return chosen.some((scope) => scope === 'profile' || scope === 'email') ? ['openid', ...chosen] : chosen;
}

/** When a key of this choice would end; `undefined` for never. */
export function chosenExpiry(expiresIn: string | undefined, now: Date): Date | undefined | 'not-offered' {
  if (expiresIn === undefined) return undefined;
  const offered = KEY_LIFETIMES_DAYS.some((days) => String(days * DAY) === expiresIn);
  return offered ? new Date(now.getTime() + Number(expiresIn) * 1000) : 'not-offered';
}

/** The seconds of overlap that a choice of the form stands for. */
export function chosenOverlap(overlap: string | undefined): number | undefined {
  const hours = KEY_OVERLAP_HOURS.find((offered) => String(offered * 3600) === overlap);
  return hours === undefined ? undefined : hours * 3600;
}

async function inWords(scopes: readonly string[], { context, shell }: Web): Promise<readonly ScopeView[]> {
  const known = await context.directory.scopes();
  const permissions = scopes.filter((name) => consentedResource(name) === undefined);
  return permissions.map((name) =>
    name.startsWith('claim:')
      ? { name, sentence: shell.strings.consent.oneClaim(name.slice('claim:'.length)) }
      : scopeView(name, known.get(name)?.description, shell.strings),
  );
}
