import { type SettingDeclaration, setting } from '../setting.js';
import { smtpProblem } from '../value-checks.js';

/** How mail is sent. */
export const MAIL_SETTINGS = {
  'mail.smtp_url': setting<string | undefined>({
    env: ['AUTHLY_SMTP_URL'],
    type: 'text',
    default: undefined,
    secret: true,
    check: smtpProblem,
    doc: 'The mail server, as smtps://user:password@host:465 or smtp://host:587. Not set: no mail is sent.',
  }),
  'mail.from': setting<string | undefined>({
    env: ['AUTHLY_MAIL_FROM'],
    type: 'text',
    default: undefined,
    doc: 'Whom mails come from, as "Example <login@example.com>". Needed with AUTHLY_SMTP_URL.',
  }),
} as const satisfies Record<string, SettingDeclaration<unknown>>;
