import { currentSession, type SignedIn } from '../../../../identity/browser-session.js';
import { type Answer, seeOther } from '../../../answer.js';
import { readCookie } from '../../../cookies.js';
import type { Incoming } from '../../../incoming.js';
import type { Web } from '../../../web.js';
import { demandOwnPost } from '../../flow.js';

/** Whose account page it is, or where they have to go first: to sign in, or to choose a password of their own. */
export async function accountHolder(request: Incoming, web: Web): Promise<SignedIn | Answer> {
  const { context } = web;
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  if (!signedIn) return seeOther(`${web.base}/login`);
  const mustChange = context.settings['password_change.enforced'] && signedIn.user.requiresPasswordChange;
  return mustChange ? seeOther(`${web.base}/change-password`) : signedIn;
}

/** The same for a form of the page. It counts only for the person whom it was shown to. */
export async function accountPost(
  request: Incoming,
  values: ReadonlyMap<string, string>,
  web: Web,
): Promise<SignedIn | Answer> {
  const holder = await accountHolder(request, web);
  if (!('status' in holder)) demandOwnPost(request, values, formPurpose(holder), web);
  return holder;
}

/** What the forms of a person's account page are for. */
export function formPurpose({ user }: SignedIn): string {
  return `account:${user.id}`;
}
