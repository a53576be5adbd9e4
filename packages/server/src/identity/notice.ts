import type { User } from '../model/people/user.js';
import type { Context } from '../ports/context.js';
import type { Transaction } from '../ports/store/transaction.js';

/** What the owner of an account should hear of, in case that it was not they who did it. */
const CHANGES = {
  password_changed: 'Your password was changed',
  password_reset: 'An administrator has reset your password',
  second_factor_removed: 'Your second factor was removed',
  second_factor_reset: 'An administrator has removed your second factor',
} as const;

/** Sends the owner a mail, if mail is set up: stored with the change, and sent when that has been committed. */
export async function tellOwner(
  { user, change }: { readonly user: Pick<User, 'username' | 'email'>; readonly change: keyof typeof CHANGES },
  tx: Pick<Transaction, 'jobs'>,
  { settings, clock }: Pick<Context, 'settings' | 'clock'>,
): Promise<void> {
  if (settings['mail.smtp_url'] === undefined) return;
  const what = CHANGES[change];
  const { host } = new URL(settings.issuer);
  await tx.jobs.add('mail', {
    to: user.email,
    subject: `${what} (${host})`,
    text:
      `Hello ${user.username},\n\n${what}.\n\nAccount: ${user.username} at ${settings.issuer}\n` +
      `When: ${clock.now().toISOString().slice(0, 16).replace('T', ' ')} UTC\n\n` +
      'If it was you, or somebody you asked, there is nothing to do. If not, tell the administrator of this service now.\n',
  });
}
