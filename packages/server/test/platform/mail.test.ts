import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { administrator } from '../admin/caller.js';
import { withConnection } from '../storage/servers/postgres.js';
import { startServer, type TestServer } from '../support/server.js';

const PATIENCE = { timeout: 30_000, interval: 50 };

let received: { readonly to: string; readonly from: string; readonly text: string }[] = [];
let isRefusing = false;
let smtp: SMTPServer;
let server: TestServer;

beforeAll(async () => {
  smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'authly' && password === 'a mail secret' ? done(null, { user: username }) : done(new Error('no')),
    onRcptTo: (_address, _session, done) => done(isRefusing ? new Error('try again later') : null),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const text = Buffer.concat(chunks).toString();
        received.push({ to: envelope.rcptTo.map(({ address }) => address).join(), from, text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const { port } = smtp.server.address() as AddressInfo;
  const url = `smtp://authly:a%20mail%20secret@127.0.0.1:${port}`;
  server = await startServer({
    settings: { 'mail.smtp_url': url, 'mail.from': 'Authly <login@example.org>', 'database.reconnect': 0.1 },
  });
  server.startMaintenance();
});
afterAll(async () => {
  await server.stop();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});
beforeEach(() => {
  received = [];
  isRefusing = false;
});

test('a person is told by mail that their password was changed, whoever did it, and never told a password', async () => {
  const [admin, user] = [await administrator(server), await server.given.user()];
  const { body } = await admin.call('resetPassword', { params: { user_id: user.user.id } });
  await expect.poll(() => received, PATIENCE).toHaveLength(1);
  expect(received[0]).toMatchObject({ to: user.user.email, from: 'login@example.org' });
  expect(received[0]?.text).toContain('An administrator has reset your password');
  expect(received[0]?.text).not.toContain(JSON.parse(JSON.stringify(body)).temporary_password ?? '-');

  const other = await server.given.user();
  const { access_token: token } = await server.given.passwordTokens(other);
  const changed = await fetch(`${server.url}/api/v1/auth/change-password`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ current_password: other.password, new_password: 'a quite different password 77' }),
  });
  expect(changed.status, await changed.text()).toBeLessThan(300);
  await expect.poll(() => received.map(({ to }) => to), PATIENCE).toEqual([user.user.email, other.user.email]);
  expect(received[1]?.text).toContain('Your password was changed');
  expect(received[1]?.text).not.toContain('a quite different password 77');
  expect(server.logged()).not.toMatch(/a mail secret|a%20mail%20secret/);
});

test('a mail that the mail server does not take is tried again', async () => {
  isRefusing = true;
  const [admin, user] = [await administrator(server), await server.given.user()];
  await admin.call('resetPassword', { params: { user_id: user.user.id } });
  const waiting = () =>
    withConnection(server.databaseUrl, async (client) => {
      const { rows } = await client.query<{ error: string }>(
        `select last_error as error from jobs where kind = 'mail' and leased_until is null and attempts > 0`,
      );
      return rows.map(({ error }) => error).join();
    });
  await expect.poll(waiting, PATIENCE).toContain('try again later');
  expect(received).toEqual([]);
  isRefusing = false;
  await withConnection(server.databaseUrl, (client) => client.query('update jobs set run_at = now()'));
  // Any other job wakes the processes.
  await admin.call('resetPassword', { params: { user_id: (await server.given.user()).user.id } });
  await expect.poll(() => received.map(({ to }) => to), PATIENCE).toContain(user.user.email);
});

test('without a mail server nothing is stored for one', async () => {
  const silent = await startServer();
  const [admin, user] = [await administrator(silent), await silent.given.user()];
  expect((await admin.call('resetPassword', { params: { user_id: user.user.id } })).status).toBe(200);
  const stored = await withConnection(silent.databaseUrl, (client) => client.query('select from jobs'));
  expect(stored.rowCount).toBe(0);
  await silent.stop();
});
