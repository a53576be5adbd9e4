import type { AuthorizationQuestion } from '../../model/tokens/authorization-request.js';
import type { Client } from '../../model/client.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { type MadeCode, makeCode } from '../authorize/issue-code.js';
import { nextStep } from '../authorize/next-step.js';
import { OAuthError } from '../error.js';
import { subjectFor } from '../subject.js';
import { redirectToWeb } from './refusals.js';

/** A person who has just proved who they are to a program, and how. */
export interface ProgramLogin {
  readonly question: AuthorizationQuestion;
  readonly client: Client;
  readonly user: User;
  readonly acr: string;
  readonly amr: readonly string[];
}

/** Makes the code of a login that has nothing left to do. */
export async function makeLoginCode(
  { question, user, acr, amr }: ProgramLogin,
  context: Pick<Context, 'clock' | 'random' | 'hashing' | 'settings' | 'directory'>,
): Promise<MadeCode> {
  const now = context.clock.now();
  const expiresAt = new Date(now.getTime() + context.settings['sessions.lifetime'] * 1000);
  const session = { authTime: now, acr, amr, expiresAt };
  const made = await makeCode(question, { session, user }, context);
  if (made === undefined) throw new OAuthError('access_denied', 'None of the scopes asked for can be granted.');
  return made;
}

/** Refuses where the login cannot end here: the same dispatcher as for every login, without its pages. */
export async function demandNothingLeft(
  { question, client, user, acr }: Omit<ProgramLogin, 'amr'>,
  context: Pick<Context, 'clock' | 'store' | 'settings' | 'hashing'>,
): Promise<void> {
  const now = context.clock.now();
  const step = nextStep({
    request: question,
    client,
    now,
    askedAt: now,
    signedIn: { session: { authTime: now, acr }, user, subject: subjectFor(user.id, client, context) },
    consent: await context.store.consents.find(user.id, client.clientId),
    chosen: true,
    consented: false,
    passwordChangeEnforced: context.settings['password_change.enforced'],
  });
  switch (step.kind) {
    case 'issue':
      return;
    case 'refuse':
      throw new OAuthError(step.code, step.description);
    case 'sign-in':
      throw new OAuthError(
        'login_required',
        'Another account is expected: the one that id_token_hint or claims names.',
      );
    case 'second-factor':
      throw redirectToWeb('A second factor must be given first, in a browser.');
    case 'change-password':
      throw redirectToWeb('The password must be changed first, in a browser.');
    case 'select-account':
    case 'consent':
      throw redirectToWeb('This application must be allowed first, in a browser.');
  }
}
