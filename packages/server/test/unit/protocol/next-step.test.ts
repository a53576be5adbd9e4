import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACR_MULTI_FACTOR, ACR_PASSWORD } from '../../../src/identity/assurance.ts';
import { type Asked, nextStep, type Situation } from '../../../src/protocol/authorize/next-step.ts';
import { aClient, aUser, NOW, secondsAgo } from './given.ts';

const REQUEST: Asked = { prompts: [], scopes: ['openid', 'read'] };

function situation(wish: Partial<Omit<Situation, 'request'>> & { readonly request?: Partial<Asked> } = {}): Situation {
  return {
    client: aClient(),
    now: NOW,
    chosen: false,
    consented: false,
    passwordChangeEnforced: true,
    ...wish,
    request: { ...REQUEST, ...wish.request },
  };
}

const SIGNED_IN = {
  session: { authTime: secondsAgo(600), acr: ACR_PASSWORD },
  user: aUser(),
  subject: 'ada-for-app',
} as const;
const CONSENT = { scopes: ['openid', 'read'] };
const READY = { signedIn: SIGNED_IN, consent: CONSENT };

describe('what happens next with an authorization request', () => {
  it.each<[string, Parameters<typeof situation>[0], object]>([
    ['nobody is signed in', {}, { kind: 'sign-in', reason: 'nobody' }],
    ['all is known and agreed', READY, { kind: 'issue' }],
    ['nothing was agreed', { signedIn: SIGNED_IN }, { kind: 'consent' }],
    ['less was agreed', { ...READY, consent: { scopes: ['openid'] } }, { kind: 'consent' }],
    ['the person has just agreed', { signedIn: SIGNED_IN, consented: true }, { kind: 'issue' }],
    ['our own client asks', { signedIn: SIGNED_IN, client: aClient({ isFirstParty: true }) }, { kind: 'issue' }],
    ['prompt=consent', { ...READY, request: { prompts: ['consent'] } }, { kind: 'consent' }],
    ['prompt=login', { ...READY, request: { prompts: ['login'] } }, { kind: 'sign-in', reason: 'again' }],
    [
      'prompt=login, and the person has signed in since',
      { ...READY, request: { prompts: ['login'] }, askedAt: secondsAgo(601) },
      { kind: 'issue' },
    ],
    ['prompt=select_account', { ...READY, request: { prompts: ['select_account'] } }, { kind: 'select-account' }],
    [
      'prompt=select_account, and an account was chosen',
      { ...READY, request: { prompts: ['select_account'] }, chosen: true },
      { kind: 'issue' },
    ],
    ['max_age is over', { ...READY, request: { maxAge: 599 } }, { kind: 'sign-in', reason: 'again' }],
    ['max_age is just not over', { ...READY, request: { maxAge: 600 } }, { kind: 'issue' }],
    ['max_age=0', { ...READY, request: { maxAge: 0 } }, { kind: 'sign-in', reason: 'again' }],
    [
      'max_age=0, and the person has signed in since',
      { ...READY, request: { maxAge: 0 }, askedAt: secondsAgo(601) },
      { kind: 'issue' },
    ],
    [
      'the hint names somebody else',
      { ...READY, request: { hintedSubject: 'grace-for-app' } },
      { kind: 'sign-in', reason: 'other-account' },
    ],
    ['the hint names the person', { ...READY, request: { hintedSubject: 'ada-for-app' } }, { kind: 'issue' }],
    [
      'a password change is demanded',
      { ...READY, signedIn: { ...SIGNED_IN, user: aUser({ requiresPasswordChange: true }) } },
      { kind: 'change-password' },
    ],
    [
      'a password change is demanded and that is not enforced',
      {
        ...READY,
        signedIn: { ...SIGNED_IN, user: aUser({ requiresPasswordChange: true }) },
        passwordChangeEnforced: false,
      },
      { kind: 'issue' },
    ],
    [
      'a second factor is wished for, and the person has one',
      { ...READY, signedIn: { ...SIGNED_IN, hasSecondFactor: true }, request: { acrValues: [ACR_MULTI_FACTOR] } },
      { kind: 'second-factor' },
    ],
    [
      'a second factor is wished for, and the person has none',
      { ...READY, request: { acrValues: [ACR_MULTI_FACTOR] } },
      { kind: 'issue' },
    ],
    [
      'an acr that nobody can reach is demanded',
      { ...READY, request: { claims: { id_token: { acr: { essential: true, value: 'phr' } } } } },
      { kind: 'refuse', code: 'unmet_authentication_requirements' },
    ],
    [
      'an application on the device of the person, whatever was agreed',
      { ...READY, client: aClient({ type: 'public' }), request: { redirectUri: 'http://127.0.0.1:4711/callback' } },
      { kind: 'consent' },
    ],
    [
      'a scope of administrators is asked for by somebody else',
      { ...READY, request: { scopes: ['openid', 'admin:users:read'] } },
      { kind: 'issue' },
    ],
    [
      'a scope of administrators is asked for by one',
      {
        ...READY,
        signedIn: { ...SIGNED_IN, user: aUser({ isAdmin: true }) },
        request: { scopes: ['openid', 'admin:users:read'] },
      },
      { kind: 'consent' },
    ],
  ])('%s', (_title, wish, step) => {
    expect(nextStep(situation(wish))).toMatchObject(step);
  });

  const anySituation = fc
    .record({
      prompts: fc.subarray(['login', 'consent', 'select_account'] as const),
      maxAge: fc.constantFrom(undefined, 0, 60, 10_000),
      hintedSubject: fc.constantFrom(undefined, 'ada-for-app', 'grace-for-app'),
      acrValues: fc.subarray([ACR_PASSWORD, ACR_MULTI_FACTOR, 'phr']),
      isSignedIn: fc.boolean(),
      hasSecondFactor: fc.boolean(),
      requiresPasswordChange: fc.boolean(),
      acr: fc.constantFrom(ACR_PASSWORD, ACR_MULTI_FACTOR),
      authAge: fc.nat(20_000),
      askedAge: fc.option(fc.nat(20_000), { nil: undefined }),
      chosen: fc.boolean(),
      consented: fc.boolean(),
      consent: fc.constantFrom(undefined, CONSENT, { scopes: ['openid'] }),
      isFirstParty: fc.boolean(),
    })
    .map((given) =>
      situation({
        request: {
          prompts: given.prompts,
          maxAge: given.maxAge,
          hintedSubject: given.hintedSubject,
          acrValues: given.acrValues,
        },
        client: aClient({ isFirstParty: given.isFirstParty }),
        askedAt: given.askedAge === undefined ? undefined : secondsAgo(given.askedAge),
        signedIn: given.isSignedIn
          ? {
              session: { authTime: secondsAgo(given.authAge), acr: given.acr },
              user: aUser({ requiresPasswordChange: given.requiresPasswordChange }),
              subject: 'ada-for-app',
              hasSecondFactor: given.hasSecondFactor,
            }
          : undefined,
        chosen: given.chosen,
        consented: given.consented,
        consent: given.consent,
      }),
    );

  it('issues to nobody who is not signed in, has not agreed, or must change their password', () => {
    fc.assert(
      fc.property(anySituation, (given) => {
        if (nextStep(given).kind !== 'issue') return;
        expect(given.signedIn).toBeDefined();
        expect(given.signedIn?.user.requiresPasswordChange).toBe(false);
        expect(given.consented || given.client.isFirstParty || given.consent === CONSENT).toBe(true);
        expect([undefined, 'ada-for-app']).toContain(given.request.hintedSubject);
      }),
    );
  });

  it('shows no page where prompt=none asks for none, and issues in silence no more than it would otherwise', () => {
    fc.assert(
      fc.property(anySituation, (given) => {
        const silent: Situation = { ...given, request: { ...given.request, prompts: ['none'] } };
        const step = nextStep(silent);
        expect(['issue', 'refuse']).toContain(step.kind);
        const spoken = nextStep({ ...given, request: { ...given.request, prompts: [] } });
        if (step.kind === 'issue') expect(['issue', 'second-factor']).toContain(spoken.kind);
      }),
    );
  });

  it('comes to an end: each step that is done leads to another, and at last to a code', () => {
    fc.assert(
      fc.property(anySituation, (given) => {
        let current = given;
        const seen: string[] = [];
        for (let turn = 0; turn < 8; turn += 1) {
          const step = nextStep(current);
          if (step.kind === 'issue' || step.kind === 'refuse') return;
          expect(seen).not.toContain(step.kind);
          seen.push(step.kind);
          current = done(step.kind, current);
        }
        throw new Error(`never ends: ${seen.join(', ')}`);
      }),
    );
  });
});

/** The situation after a person has done what was asked for. */
function done(kind: ReturnType<typeof nextStep>['kind'], given: Situation): Situation {
  const before = given.askedAt ?? secondsAgo(1);
  const signedIn = given.signedIn ?? { ...SIGNED_IN, hasSecondFactor: true };
  const session = { ...signedIn.session, authTime: NOW };
  switch (kind) {
    case 'sign-in': {
      const subject = given.request.hintedSubject ?? signedIn.subject;
      return { ...given, askedAt: before, signedIn: { ...signedIn, session, subject } };
    }
    case 'select-account':
      return { ...given, chosen: true };
    case 'change-password':
      return { ...given, signedIn: { ...signedIn, user: aUser() } };
    case 'second-factor':
      return { ...given, signedIn: { ...signedIn, session: { ...session, acr: ACR_MULTI_FACTOR } } };
    case 'consent':
      return { ...given, consented: true };
    case 'issue':
    case 'refuse':
      return given;
  }
}
