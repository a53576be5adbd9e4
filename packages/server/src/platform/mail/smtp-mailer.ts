/** Hands messages to a mail server. */
import { createTransport } from 'nodemailer';
import type { Mailer } from '../../ports/mailer.js';

/** `smtps://user:password@host` speaks TLS from the beginning; `smtp://host` begins it as soon as the server offers it. */
export function createSmtpMailer({ url, from }: { readonly url: string; readonly from: string }): Mailer {
  const transport = createTransport({
    url,
    // A message is given from memory, never from a file or an address that it names.
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
  });
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text });
    },
  };
}
