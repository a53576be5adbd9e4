import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import type { ProfileState } from '../../session/session.js';
import type { Column } from '../../terminal/table.js';
import { count } from '../../terminal/time.js';

export const listLogins = defineCommand({
  name: 'list',
  summary: 'List the logins on this computer.',
  shared: ['output'],
  sections: [{ title: 'Examples', lines: ['$ authly admin auth list'] }, EXIT_CODES],
  async run(_given, context) {
    const profiles = await context.session.profiles();
    await printList(context, {
      json: {
        profiles: profiles.map(({ name, active, apiUrl, username, method, loggedIn }) => ({
          name,
          active,
          api_url: apiUrl ?? null,
          username: username ?? null,
          method: method ?? null,
          logged_in: loggedIn,
        })),
        total: profiles.length,
      },
      columns: COLUMNS,
      rows: profiles,
      footer: `Total: ${count(profiles.length, 'login')}`,
      none: 'No logins. To log in, run: authly admin auth login',
    });
  },
});

const COLUMNS: readonly Column<ProfileState>[] = [
  { title: 'Name', cell: ({ name }) => name },
  { title: 'In Use', cell: ({ active }) => (active ? 'Yes' : 'No') },
  { title: 'Server', cell: ({ apiUrl }) => apiUrl ?? '-' },
  { title: 'Username', cell: ({ username }) => username ?? '-', shrinksTo: 8 },
  { title: 'Status', cell: ({ loggedIn }) => (loggedIn ? 'logged in' : 'logged out') },
];
