import type { AuthorizationRequest } from '../../model/tokens/authorization-request.js';
import { type Client, isStranger } from '../../model/client.js';
import type { Session } from '../../model/people/session.js';
import type { User } from '../../model/people/user.js';
import type { Consent } from '../../ports/store/people/consents.js';
import { isNativeRedirect } from '@authly/oauth';
import { isEntitled } from '../entitlement.js';
import { ACR_PASSWORD } from '../../identity/assurance.js';
import { type AcrAsked, neededAcr } from './acr.js';
import { consentExtras } from './consent-extras.js';

/** What of a request decides. A request from a device has no redirect address. */
export type Asked = Pick<AuthorizationRequest, 'prompts' | 'maxAge' | 'hintedSubject' | 'claims' | 'scopes'> &
  AcrAsked &
  Partial<Pick<AuthorizationRequest, 'resources'>> & { readonly redirectUri?: string };

/** All that decides what happens next with an authorization request. */
export interface Situation {
  readonly request: Asked;
  readonly client: Client;
  readonly now: Date;
  /** When the person was first asked about this request; absent while nobody was. */
  readonly askedAt?: Date;
  readonly signedIn?: {
    readonly session: Pick<Session, 'authTime' | 'acr'>;
    readonly user: User;
    /** As this client knows the person. */
    readonly subject: string;
    /** The person can give a second factor; needs to be known only where the request asks for one. */
    readonly hasSecondFactor?: boolean;
  };
  readonly consent?: Pick<Consent, 'scopes'>;
  /** The person has picked the signed-in account for this very request. */
  readonly chosen: boolean;
  /** The person has just said yes to this very request. */
  readonly consented: boolean;
  readonly passwordChangeEnforced: boolean;
}

export type RefusalCode =
  | 'login_required'
  | 'consent_required'
  | 'interaction_required'
  | 'unmet_authentication_requirements';

export type NextStep =
  | { readonly kind: 'sign-in'; readonly reason: 'nobody' | 'again' | 'other-account' }
  | { readonly kind: 'select-account' }
  | { readonly kind: 'change-password' }
  | { readonly kind: 'second-factor' }
  | { readonly kind: 'consent' }
  | { readonly kind: 'issue' }
  | { readonly kind: 'refuse'; readonly code: RefusalCode; readonly description: string };

/** What has to happen before a code can be issued. Pure: every page posts, stores, and asks again. @spec OpenID Connect Core §3.1.2 */
// @check 47, 48, 50, 51, 52, 53, 55, 56, 86, 90, 273
export function nextStep(situation: Situation): NextStep {
  const { request, signedIn } = situation;
  const silent = request.prompts.includes('none');
  const step =
    signInStep(situation) ??
    selectStep(situation) ??
    changeStep(situation) ??
    acrStep(situation) ??
    consentStep(situation);
  if (step === undefined) return { kind: 'issue' };
  if (!silent || step.kind === 'refuse') return step;
  switch (step.kind) {
    case 'sign-in':
      return refuse('login_required', signedIn ? 'The person must sign in again.' : 'Nobody is signed in.');
    case 'second-factor':
      return refuse('login_required', 'The person must give their second factor.');
    case 'change-password':
      return refuse('interaction_required', 'The person must change their password.');
    default:
      return refuse('consent_required', 'The person has not consented.');
  }
}

function signInStep({ request, signedIn, askedAt, now }: Situation): NextStep | undefined {
  if (!signedIn) return { kind: 'sign-in', reason: 'nobody' };
  const provedSinceAsked = askedAt !== undefined && signedIn.session.authTime >= askedAt;
  if (otherPersonWanted(request, signedIn.subject)) return { kind: 'sign-in', reason: 'other-account' };
  if (request.prompts.includes('login') && !provedSinceAsked) return { kind: 'sign-in', reason: 'again' };
  const age = (now.getTime() - signedIn.session.authTime.getTime()) / 1000;
  const tooOld = request.maxAge !== undefined && age > request.maxAge;
  // max_age=0 asks for a fresh proof, and gets it once. @spec OpenID Connect Core §3.1.2.1
  const wantsFresh = request.maxAge === 0 || tooOld;
  return wantsFresh && !provedSinceAsked ? { kind: 'sign-in', reason: 'again' } : undefined;
}

/** The hint or the claims parameter names somebody else. @spec OpenID Connect Core §5.5.1 */
function otherPersonWanted(request: Asked, subject: string): boolean {
  if (request.hintedSubject !== undefined && request.hintedSubject !== subject) return true;
  const asked = request.claims?.id_token?.sub ?? request.claims?.userinfo?.sub;
  if (asked?.value !== undefined && asked.value !== subject) return true;
  return asked?.values !== undefined && !asked.values.includes(subject);
}

/** Signing in counts as choosing. @spec OpenID Connect Core §3.1.2.1 (select_account) */
function selectStep({ request, signedIn, askedAt, chosen }: Situation): NextStep | undefined {
  const signedInSinceAsked = askedAt !== undefined && signedIn !== undefined && signedIn.session.authTime >= askedAt;
  return request.prompts.includes('select_account') && !chosen && !signedInSinceAsked
    ? { kind: 'select-account' }
    : undefined;
}

function changeStep({ signedIn, passwordChangeEnforced }: Situation): NextStep | undefined {
  return passwordChangeEnforced && signedIn?.user.requiresPasswordChange ? { kind: 'change-password' } : undefined;
}

/** Nobody is asked for what is only wished for, where nobody may be asked. @spec OpenID Connect Core §3.1.2.1 (prompt=none) */
function acrStep({ request, signedIn }: Situation): NextStep | undefined {
  const need = neededAcr(request, {
    acr: signedIn?.session.acr ?? ACR_PASSWORD,
    hasSecondFactor: signedIn?.hasSecondFactor ?? false,
  });
  if (need.kind === 'unreachable')
    return refuse('unmet_authentication_requirements', 'The demanded acr cannot be reached.');
  if (need.kind === 'nothing' || (!need.essential && request.prompts.includes('none'))) return undefined;
  return { kind: 'second-factor' };
}

function consentStep({ request, client, signedIn, consent, consented }: Situation): NextStep | undefined {
  if (consented) return undefined;
  // An application on the person's device can't prove who it is, so nobody is sent back to it unseen. @spec RFC 8252 §8.6
  const { redirectUri } = request;
  // The secret of a client that anybody could register proves nothing.
  const unproved = client.type === 'public' || isStranger(client);
  const native = unproved && redirectUri !== undefined && isNativeRedirect(redirectUri);
  if (native || request.prompts.includes('consent')) return { kind: 'consent' };
  if (client.isFirstParty || client.skipsConsent) return undefined;
  const covered = new Set(consent?.scopes ?? []);
  // What the person may not hold is neither shown nor granted, so it needs no consent.
  const grantable = request.scopes.filter((scope) => signedIn === undefined || isEntitled(scope, signedIn.user));
  const all = [...grantable, ...consentExtras(request)].every((scope) => covered.has(scope));
  return consent !== undefined && all ? undefined : { kind: 'consent' };
}

function refuse(code: RefusalCode, description: string): NextStep {
  return { kind: 'refuse', code, description };
}
