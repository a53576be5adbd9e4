import { expect, test } from 'vitest';
import { terminals } from '../support/pty.js';
import { administration } from '../support/server.js';

const admin = administration();
const open = terminals(admin.cli);

test('a command asks somebody who is there for everything that it cannot do without', async () => {
  await admin.logIn();
  const screen = open('authly admin client create', { columns: 80 });
  for (const [question, answer] of [
    [/Client name:/, 'Shop'],
    [/Client type \(public, confidential\):/, 'private'],
    // What is none of the choices is asked again.
    [/(?:Client type[^]*){2}/, 'public'],
    [/Redirect URI:/, 'http://localhost/callback'],
  ] as const) {
    await screen.shows(question);
    screen.type(answer);
    screen.enter();
  }
  const { code, text } = await screen.ends();
  expect([code, text]).toEqual([0, expect.stringContaining('Client created successfully')]);
});

test('help and lists keep to the width of the terminal, and lists stay tables', async () => {
  await admin.cli.json('admin apikey create --name Backup --scope read'.split(' '));
  for (const command of ['client list', 'apikey list', 'client create --help', 'auth login --help']) {
    const { code, text } = await open(`authly admin ${command}`, { columns: 80 }).ends();
    expect(code).toBe(0);
    if (!command.endsWith('--help')) {
      expect(text, command).toMatch(/^┌/);
      if (command === 'client list') expect(text).toMatch(/just now|ago/);
    }
    for (const line of text.split('\n')) expect(line).not.toMatch(/^[a-z]{1,3}$/);
  }
});
