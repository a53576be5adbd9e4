/** Two shapes of a million users, and the values by which they are searched. */
import type { UserFilter } from '../../packages/server/src/ports/store/admin/user-list.js';

export interface Shape {
  /** Inserts `$1` users. */
  readonly insert: string;
  readonly named: readonly (readonly [name: string, filter: UserFilter, skip: number])[];
  /** Pages far from any place that is known. */
  readonly far: Shape['named'];
  /** Filters of one field each; every two of different fields are tried together. */
  readonly single: readonly UserFilter[];
}

export const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);

const FLAGS = ['isActive', 'isVerified', 'isAdmin', 'requiresPasswordChange'] as const;
const flags: readonly UserFilter[] = FLAGS.flatMap((flag) => [{ [flag]: true }, { [flag]: false }]);

const INTO = `insert into users (id, username, email, password_hash, password_changed_at, created_at, updated_at, last_login,
  is_active, is_verified, is_admin, requires_password_change, given_name, family_name, locale, zoneinfo)`;

/** Three years of registrations; a few percent inactive, unverified, administrators; two thirds have signed in. */
export function grown(users: number): Shape {
  const middle = days(548);
  return {
    insert: `${INTO}
     select gen_random_uuid(), names.given || '_' || names.family || n, lower(names.given) || '.' || lower(names.family) || n || '@'
              || (array['example.com','example.org','mail.example','corp.example'])[1 + n % 4],
            'x', at, at, at, case when n % 3 > 0 then at + random() * (now() - at) end,
            n % 37 <> 0, n % 5 <> 0, n % 20011 = 0, n % 53 = 0, names.given, names.family,
            (array['en-GB','en-US','nb-NO','de-DE','fr-FR','ja-JP'])[1 + (n / 7) % 6],
            (array['Europe/London','America/New_York','Europe/Oslo','Europe/Berlin','Asia/Tokyo'])[1 + (n / 3) % 5]
       from generate_series(1, $1::integer) n,
            lateral (select now() - (($1 - n) * interval '1096 days' / $1) as at) times,
            lateral (select (array['Ada','Grace','Alan','Edsger','Barbara','Donald','Frances','Ken','Radia','Tim'])[1 + (n * 7) % 10]
                              as given,
                            (array['Lovelace','Hopper','Turing','Dijkstra','Liskov','Knuth','Allen','Thompson','Perlman','Lee',
                                   'Hamilton','Ritchie','Wirth','Hoare','Backus','Lamport','Cerf'])[1 + (n * 11) % 17] as family) names`,
    named: [
      ['first page', {}, 0],
      ['a page in the middle', {}, Math.floor(users / 2)],
      ['the last page', {}, users - 25],
      ['active, first page', { isActive: true }, 0],
      ['active, deep', { isActive: true }, Math.floor(users * 0.9)],
      ['inactive, deep', { isActive: false }, Math.floor(users / 40)],
      ['administrators (50)', { isAdmin: true }, 0],
      ['inactive, unverified, must change', { isActive: false, isVerified: false, requiresPasswordChange: true }, 50],
      ['created in one half, deep', { createdBefore: middle }, Math.floor(users / 3)],
      ['created in one week', { createdAfter: days(400), createdBefore: days(393) }, 1000],
      ['user name, one match', { username: `lovelace${Math.floor(users / 17) * 17}` }, 0],
      ['user name, none', { username: 'nobody_like_this' }, 0],
      ['user name, 100,000 matches', { username: 'grace' }, 0],
      ['user name, 100,000 matches, deep', { username: 'grace' }, 9_900],
      ['e-mail, everybody', { email: 'example' }, 0],
      ['e-mail, everybody, deep', { email: 'example' }, 9_900],
      ['e-mail, a few hundred', { email: '4242' }, 0],
      ['family name, 59,000 matches', { familyName: 'liskov' }, 500],
      ['family and given name', { familyName: 'knuth', givenName: 'ada' }, 0],
      ['two names that nobody has both', { username: 'grace', givenName: 'ada' }, 0],
      ['two letters, common', { username: 'ad' }, 0],
      ['two letters, none', { username: 'zq' }, 0],
      ['one letter, none', { email: '#' }, 0],
      ['locale', { locale: 'nb-NO' }, 5_000],
      ['locale and time zone', { locale: 'nb-NO', zoneinfo: 'Asia/Tokyo' }, 0],
      ['time zone and name', { zoneinfo: 'Asia/Tokyo', username: 'turing' }, 0],
      ['signed in today', { lastLoginAfter: days(1) }, 0],
      ['not since long ago', { lastLoginBefore: days(1000) }, 0],
      ['signed in before last year', { lastLoginBefore: days(365) }, 0],
      ['signed in before last year, deep', { lastLoginBefore: days(365) }, 9_000],
      ['inactive, by name', { isActive: false, username: 'turing' }, 0],
      ['three at once', { username: 'grace', locale: 'nb-NO', lastLoginBefore: days(365) }, 0],
    ],
    far: [
      ['user name, the 20,000th of 100,000', { username: 'grace' }, users / 50],
      ['user name, the 90,000th of 100,000', { username: 'grace' }, (users * 9) / 100],
      ['family name, the 50,000th of 59,000', { familyName: 'liskov' }, users / 20],
      ['e-mail, the 500,000th of everybody', { email: 'example' }, users / 2],
    ],
    single: [
      ...['grace', 'lovelace58', 'nobody_like_this', 'a', 'ad', 'zq', '_1', '#'].map((username) => ({ username })),
      ...['example', '.com', '@corp', '4242', '#', 'thompson', 'e.t'].map((email) => ({ email })),
      ...['ada', 'e', 'zz', 'barbara'].map((givenName) => ({ givenName })),
      ...['knuth', 'l', 'xq', 'th'].map((familyName) => ({ familyName })),
      ...['nb-NO', 'en-GB', 'xx-XX'].map((locale) => ({ locale })),
      ...['Asia/Tokyo', 'Europe/Oslo', 'Mars/Base'].map((zoneinfo) => ({ zoneinfo })),
      ...flags,
      ...[1, 30, 700].map((ago) => ({ createdAfter: days(ago) })),
      ...[30, 700, 1090].map((ago) => ({ createdBefore: days(ago) })),
      ...[1, 300, 900].map((ago) => ({ lastLoginAfter: days(ago) })),
      ...[30, 365, 1000].map((ago) => ({ lastLoginBefore: days(ago) })),
    ],
  };
}

/** As an import makes them: numbered, of one mail domain, without names, within three days; half have signed in since. */
export function numbered(users: number): Shape {
  return {
    insert: `${INTO}
     select gen_random_uuid(), 'user_' || lpad((n - 1)::text, 6, '0'), 'user_' || lpad((n - 1)::text, 6, '0') || '@mail.example', 'x', at, at, at,
            case when n % 2 = 0 then at + random() * (now() - at) end, n % 10 <> 0, n % 2 = 0, n % 50000 = 0, n % 4 = 0,
            null, null, null, null
       from generate_series(1, $1::integer) n,
            lateral (select now() - interval '30 days' - (($1 - n) * interval '3 days' / $1) as at) times`,
    named: [
      ['first page', {}, 0],
      ['a page in the middle', {}, Math.floor(users / 2)],
      ['the last page', {}, users - 25],
      ['inactive, deep', { isActive: false }, Math.floor(users * 0.09)],
      ['user name, one', { username: 'user_012345' }, 0],
      ['user name, the oldest hundred thousand', { username: 'user_0' }, 0],
      ['the same, deep', { username: 'user_0' }, 9_900],
      ['the newest hundred thousand', { username: 'user_9' }, 0],
      ['e-mail, everybody', { email: 'mail.example' }, 0],
      ['e-mail, everybody, deep', { email: 'mail.example' }, 9_900],
      ['two digits', { username: '77' }, 5_000],
      ['a name, where nobody has one', { givenName: 'ada' }, 0],
      ['a locale, where nobody has one', { locale: 'en-GB' }, 0],
      ['signed in today', { lastLoginAfter: days(1) }, 0],
      ['not in the last week, deep', { lastLoginBefore: days(7) }, 9_000],
    ],
    far: [
      ['two digits, the 30,000th of 60,000', { username: '77' }, (users * 3) / 100],
      ['e-mail, the 500,000th of everybody', { email: 'mail.example' }, users / 2],
    ],
    single: [
      ...['user_', 'user_0', 'user_00', 'user_5', '012345', '9', '77', '999', 'zq', '_4'].map((username) => ({
        username,
      })),
      ...['mail', '@', '5@m', '#', '123', 'nobody'].map((email) => ({ email })),
      ...['ada', 'a'].map((givenName) => ({ givenName })),
      { familyName: 'knuth' },
      { locale: 'nb-NO' },
      { zoneinfo: 'Asia/Tokyo' },
      ...flags,
      ...[1, 31, 32.5].map((ago) => ({ createdAfter: days(ago) })),
      ...[1, 31, 32.5].map((ago) => ({ createdBefore: days(ago) })),
      ...[1, 20].map((ago) => ({ lastLoginAfter: days(ago) })),
      ...[1, 20, 32].map((ago) => ({ lastLoginBefore: days(ago) })),
    ],
  };
}
