import type { UserId } from '@authly/oauth';
import type { User } from '../../../model/people/user.js';
import type { OptionalProfileField, UserChange } from '../../../ports/store/people/users.js';
import type { Queryable } from '../pool.js';
import { type Outer, toOptionalUser, USER, type UserRow } from '../rows/user.js';
import { json, type Statement, sql } from '../sql.js';
import { takenField } from './taken-field.js';

export interface ChangeOfUser {
  readonly id: UserId;
  readonly change: UserChange;
  readonly now: Date;
  readonly ifVersion?: number;
  readonly clear?: readonly OptionalProfileField[];
}

type Refusal = 'unknown' | 'stale' | 'last_admin' | { readonly taken: 'username' | 'email' };

export async function changeUser(db: Queryable, request: ChangeOfUser): Promise<User | Refusal> {
  try {
    const [row] = await db.query<Outer<UserRow> & { refusal: 'unknown' | 'stale' | 'last_admin' }>(statement(request));
    if (row === undefined) throw new Error('the change of an account answered nothing');
    return toOptionalUser(row) ?? row.refusal;
  } catch (error) {
    const taken = takenField(error);
    if (taken === undefined) throw error;
    return { taken };
  }
}

/**
 * A change that can cost an administrator locks all of them, in order: of two such changes the second sees what the first has
 * done. Other changes lock none. The last part reads the account as it was before, to say why nothing was changed.
 */
function statement({ id, change, now, ifVersion, clear = [] }: ChangeOfUser): Statement {
  const profile = change.profile ?? {};
  const keep = (field: OptionalProfileField): boolean => !clear.includes(field);
  const endsLogins =
    change.isActive === false || change.passwordHash !== undefined || change.requiresPasswordChange === true;
  const demotes = change.isAdmin === false || change.isActive === false;
  return sql`
    with admins as (
      select id from users where is_admin and is_active and ${demotes} order by id for no key update
    ), changed as (
      update users u
         set username = coalesce(${change.username}, username),
             email = coalesce(${change.email}, email),
             self_registered = self_registered and ${change.email === undefined},
             is_active = coalesce(${change.isActive}, is_active),
             is_verified = coalesce(${change.isVerified}, is_verified),
             is_admin = coalesce(${change.isAdmin}, is_admin),
             requires_password_change = coalesce(${change.requiresPasswordChange}, requires_password_change),
             password_hash = coalesce(${change.passwordHash}, password_hash),
             password_changed_at = case when ${change.passwordHash !== undefined} then ${now} else password_changed_at end,
             login_epoch = login_epoch + ${endsLogins ? 1 : 0}::integer,
             given_name = case when ${keep('givenName')} then coalesce(${profile.givenName}, given_name) end,
             family_name = case when ${keep('familyName')} then coalesce(${profile.familyName}, family_name) end,
             middle_name = case when ${keep('middleName')} then coalesce(${profile.middleName}, middle_name) end,
             nickname = case when ${keep('nickname')} then coalesce(${profile.nickname}, nickname) end,
             preferred_username = case when ${keep('preferredUsername')}
               then coalesce(${profile.preferredUsername}, preferred_username) end,
             profile = case when ${keep('profile')} then coalesce(${profile.profile}, profile) end,
             picture = case when ${keep('picture')} then coalesce(${profile.picture}, picture) end,
             website = case when ${keep('website')} then coalesce(${profile.website}, website) end,
             gender = case when ${keep('gender')} then coalesce(${profile.gender}, gender) end,
             birthdate = case when ${keep('birthdate')} then coalesce(${profile.birthdate}, birthdate) end,
             zoneinfo = case when ${keep('zoneinfo')} then coalesce(${profile.zoneinfo}, zoneinfo) end,
             locale = case when ${keep('locale')} then coalesce(${profile.locale}, locale) end,
             phone_number = case when ${keep('phoneNumber')} then coalesce(${profile.phoneNumber}, phone_number) end,
             phone_number_verified = coalesce(${profile.phoneNumberVerified}, phone_number_verified),
             address = case when ${keep('address')} then coalesce(${json(profile.address)}, address) end,
             updated_at = ${now}, version = version + 1
       where u.id = ${id} and (${ifVersion}::bigint is null or version = ${ifVersion})
         and (not ${demotes} or not (is_admin and is_active) or exists (select from admins where admins.id <> ${id}))
      returning ${USER}
    )
    select changed.*,
           case
             when before.id is null then 'unknown'
             when before.version <> ${ifVersion}::bigint then 'stale'
             when ${demotes} and before.is_admin and before.is_active
                  and not exists (select from admins where admins.id <> before.id) then 'last_admin'
             when ${ifVersion}::bigint is null then 'unknown'
             else 'stale'
           end as refusal
      from (values (1)) as one(row) left join changed on true left join users before on before.id = ${id}`;
}
