import type { Reply } from '@authly/admin-api/client';
import { explainErrorsOf } from '../../errors/api-error.js';
import { pageFooter, printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { argument } from '../../program/option.js';
import type { Column } from '../../terminal/table.js';
import { timeColumn } from '../../terminal/time-column.js';
import { findUser, userSubject } from './find.js';

export const listSessions = defineCommand({
  name: 'sessions',
  summary: 'List browser sessions and tokens of a user.',
  arguments: { user: argument('User name or user ID', { completes: 'user' }) },
  shared: ['limit', 'offset', 'showInactive', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: ['$ authly admin user sessions alice', '$ authly admin user sessions alice --show-inactive --output json'],
    },
    EXIT_CODES,
  ],
  async run({ args: { user } }, context) {
    const { limit = 20, offset = 0, showInactive = false } = context.shared;
    const { id, username } = await findUser(context, user);
    const { data } = await explainErrorsOf(
      userSubject(user),
      context.api.listUserSessions({
        params: { user_id: id },
        query: { limit, skip: offset, include_inactive: showInactive },
      }),
    );
    await printList(context, {
      json: {
        user_id: id,
        username,
        sessions: data.sessions,
        total: data.total_count,
        active: data.active_count,
        limit,
        offset,
      },
      columns: COLUMNS,
      rows: data.sessions,
      footer: pageFooter({ shown: data.sessions.length, offset, total: data.total_count, noun: 'session' }),
      none: 'No sessions found.',
    });
  },
});

type SessionRow = Reply<'listUserSessions'>['sessions'][number];

const COLUMNS: readonly Column<SessionRow>[] = [
  { title: 'Session ID', cell: ({ session_id }) => session_id },
  { title: 'Kind', cell: ({ token_type }) => (token_type === 'session' ? 'browser' : token_type) },
  { title: 'Client', cell: ({ client_id }) => client_id ?? '-', shrinksTo: 10 },
  { title: 'Status', cell: statusOf },
  timeColumn('Created', ({ created_at }) => created_at, { optional: true }),
  timeColumn('Expires', ({ expires_at }) => expires_at, { optional: true }),
];

function statusOf({ is_active, is_invalidated }: SessionRow): string {
  if (is_active) return 'active';
  return is_invalidated ? 'revoked' : 'expired';
}
