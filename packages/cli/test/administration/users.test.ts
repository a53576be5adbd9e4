import { beforeAll, describe, expect, test } from 'vitest';
import { administration } from '../support/server.js';

const admin = administration();
const { cli } = admin;
beforeAll(() => admin.logIn());

describe('users', () => {
  test('are created with a temporary password, found by name, changed, locked out no longer, and deleted', async () => {
    const created = await cli.json([
      'admin',
      'user',
      'create',
      '--username',
      'alice',
      '--email',
      'alice@example.com',
      '--given-name',
      'Alice',
    ]);
    expect(created).toMatchObject({
      username: 'alice',
      temporary_password: expect.stringMatching(/^\S{12,}$/),
      requires_password_change: true,
    });
    const shown = await cli.run(['admin', 'user', 'show', 'ALICE']);
    expect(shown.stdout).toContain('Username: alice');
    expect(shown.stdout).not.toContain(String(created['temporary_password']));
    expect(
      await cli.json(['admin', 'user', 'update', 'alice', '--verify', '--email', 'alice@example.org']),
    ).toMatchObject({ is_verified: true, email: 'alice@example.org' });
    expect((await cli.run(['admin', 'user', 'unlock', 'alice'])).stdout).toContain('User alice was not locked');
    expect(shown.stdout).toContain('Second Factor: off');
    expect((await cli.run(['admin', 'user', 'reset-second-factor', 'alice', '--confirm'])).stdout).toContain(
      'User alice had no second factor',
    );
    expect(await cli.json(['admin', 'user', 'reset-password', 'alice', '--confirm'])).toMatchObject({
      temporary_password: expect.stringMatching(/^\S{12,}$/),
    });
    expect((await cli.run(['admin', 'user', 'delete', 'alice', '--confirm'])).code).toBe(0);
    expect((await cli.run(['admin', 'user', 'show', 'alice'])).code).toBe(4);
  });

  test('with a name that is taken are a conflict, with a weak password a validation error', async () => {
    const words = (name: string) => ['admin', 'user', 'create', '--username', name, '--email', `${name}@example.com`];
    await cli.run(words('bob'));
    expect((await cli.run(words('bob'))).code).toBe(6);
    const weak = await cli.run([...words('carol'), '--password-stdin'], { stdin: 'weak' });
    expect([weak.code, weak.stderr.includes('at least 8 characters')]).toEqual([5, true]);
  });

  test('are listed page by page, each of which says how to get the next', async () => {
    for (const name of ['page_one', 'page_two', 'page_three'])
      await cli.json(['admin', 'user', 'create', '--username', name, '--email', `${name}@example.com`]);
    const list = ['admin', 'user', 'list', '--username', 'page_', '--limit', '2'];
    const first = await cli.json(list);
    expect(first).toMatchObject({ total: 3, total_is_exact: true, next_cursor: expect.stringMatching(/^[\w-]+$/) });
    const second = await cli.json([...list, '--cursor', String(first['next_cursor'])]);
    expect(second).toMatchObject({ total: 3, next_cursor: null });
    const names = [first, second].flatMap(({ users }) =>
      (users as { username: string }[]).map((user) => user.username),
    );
    expect(names.toSorted()).toEqual(['page_one', 'page_three', 'page_two']);
  });

  test('are listed by filters', async () => {
    const { users, total } = await cli.json<{ users: { username: string }[]; total: number }>([
      'admin',
      'user',
      'list',
      '--username',
      'bo',
      '--no-admins',
      '--created-after',
      '2020-01-01',
    ]);
    expect([users.map(({ username }) => username), total]).toEqual([['bob'], 1]);
    expect((await cli.run(['admin', 'user', 'list', '--created-after', 'yesterday'])).code).toBe(5);
  });

  test('have sessions that can be seen and ended', async () => {
    const { user, password } = await admin.server().given.user();
    await admin.server().given.passwordTokens({ user, password });
    const { sessions } = await cli.json<{ sessions: { session_id: string; token_type: string }[] }>([
      'admin',
      'user',
      'sessions',
      user.username,
    ]);
    expect(sessions.length).toBeGreaterThan(0);
    await cli.json([
      'admin',
      'user',
      'revoke-sessions',
      user.username,
      '--session',
      sessions[0]?.session_id ?? '',
      '--confirm',
    ]);
    await cli.json(['admin', 'user', 'revoke-sessions', user.username, '--confirm']);
    expect((await cli.json<{ sessions: unknown[] }>(['admin', 'user', 'sessions', user.username])).sessions).toEqual(
      [],
    );
  });
});
