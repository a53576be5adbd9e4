import type { Reply } from '@authly/admin-api/client';
import { printList } from '../../output.js';
import { defineCommand } from '../../program/command.js';
import { EXIT_CODES } from '../../program/help.js';
import { flag, text, negativeFlag } from '../../program/option.js';
import type { Column } from '../../terminal/table.js';
import { count } from '../../terminal/time.js';
import { timeColumn } from '../../terminal/time-column.js';
import { oneOfTwo } from '../one-of-two.js';
import { roleOf, type User, userStatus } from './fields.js';

export const listUsers = defineCommand({
  name: 'list',
  summary: 'List users.',
  options: {
    search: text('Only users with all of these words in their user name, e-mail address or name', {
      placeholder: 'WORDS',
    }),
    username: text('Only user names with this in them'),
    email: text('Only e-mail addresses with this in them'),
    givenName: text('Only given names with this in them'),
    familyName: text('Only family names with this in them'),
    admin: flag('Only administrators'),
    noAdmins: negativeFlag('Only users who are not administrators'),
    verified: flag('Only verified e-mail addresses'),
    unverified: flag('Only e-mail addresses that are not verified'),
    requiresPasswordChange: flag('Only users who must change their password'),
    inactiveOnly: flag('Only deactivated users'),
    createdAfter: text('Created after this time', { placeholder: 'TIME' }),
    createdBefore: text('Created before this time', { placeholder: 'TIME' }),
    lastLoginAfter: text('Last sign-in after this time', { placeholder: 'TIME' }),
    lastLoginBefore: text('Last sign-in before this time', { placeholder: 'TIME' }),
    locale: text('Only this language'),
    zoneinfo: text('Only this time zone'),
    cursor: text('Continue where an earlier list ended'),
  },
  shared: ['limit', 'offset', 'showInactive', 'output'],
  sections: [
    {
      title: 'Examples',
      lines: [
        '$ authly admin user list --search lovelace',
        '$ authly admin user list --admin',
        '$ authly admin user list --email @example.com --created-after 2025-01-01',
        "$ authly admin user list --output json | jq '.users[].username'",
      ],
    },
    {
      title: 'Table Columns',
      lines: [
        'Username, Email, Role, Status, Last Login (UTC), User ID',
        'Newest first. --limit is 20 by default, 100 at most. Deactivated users are shown with --show-inactive.',
        'Each page says how to get the next one: --cursor CURSOR, with the same filters. (In JSON: next_cursor.)',
      ],
    },
    EXIT_CODES,
  ],
  async run({ options }, context) {
    const { limit = 20, offset = 0, showInactive = false } = context.shared;
    const { data } = await context.api.listUsers({
      query: {
        skip: offset,
        limit,
        cursor: options.cursor,
        search: options.search,
        username: options.username,
        email: options.email,
        given_name: options.givenName,
        family_name: options.familyName,
        is_admin: oneOfTwo(options, 'admin', 'noAdmins'),
        is_verified: oneOfTwo(options, 'verified', 'unverified'),
        is_active: options.inactiveOnly ? false : showInactive ? undefined : true,
        requires_password_change: options.requiresPasswordChange || undefined,
        created_after: options.createdAfter,
        created_before: options.createdBefore,
        last_login_after: options.lastLoginAfter,
        last_login_before: options.lastLoginBefore,
        locale: options.locale,
        zoneinfo: options.zoneinfo,
      },
    });
    const next = data.next_cursor ?? null;
    await printList(context, {
      json: {
        users: data.users,
        total: data.total_count,
        total_is_exact: data.total_is_exact ?? true,
        next_cursor: next,
        limit,
        offset,
      },
      columns: COLUMNS.filter(({ title }) => context.config.values.showTimestamps || title !== 'Last Login'),
      rows: data.users,
      footer: footer(data, { offset, isContinued: options.cursor !== undefined }),
      none: 'No users found.',
    });
  },
});

/** Behind a cursor nobody knows how many came before; from the beginning on, an offset does as well for the next page. */
function footer(
  { users, total_count: total, total_is_exact: isExact, next_cursor: next }: Reply<'listUsers'>,
  { offset, isContinued }: { readonly offset: number; readonly isContinued: boolean },
): string {
  const hint = typeof next === 'string' ? `; next: --cursor ${next}` : '';
  const all = isExact === false ? 'Total: 10000 users or more' : `Total: ${count(total, 'user')}`;
  if (isContinued) return `${all} (showing ${users.length}${hint})`;
  if (users.length === 0 || (offset === 0 && hint === '')) return all;
  return `${all} (showing ${offset + 1}-${offset + users.length}${hint})`;
}

const COLUMNS: readonly Column<User>[] = [
  { title: 'Username', cell: ({ username }) => username },
  { title: 'Email', cell: ({ email }) => email, shrinksTo: 16 },
  { title: 'Role', cell: roleOf },
  { title: 'Status', cell: userStatus },
  timeColumn('Last Login', ({ last_login }) => last_login),
  { title: 'User ID', cell: ({ id }) => id, optional: true },
];
