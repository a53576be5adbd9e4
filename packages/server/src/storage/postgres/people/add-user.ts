import type { NewUser } from '../../../ports/store/people/users.js';
import type { Queryable } from '../pool.js';
import { json, sql } from '../sql.js';
import { takenField } from './taken-field.js';

export async function addUser(
  db: Queryable,
  user: NewUser,
): Promise<'added' | { readonly taken: 'username' | 'email' }> {
  const { profile } = user;
  const selfRegistered = user.selfRegistered !== undefined;
  const reserved = user.selfRegistered?.reservedNames ?? [];
  try {
    const added = await db.count(sql`
      insert into users
        (id, username, email, password_hash, password_changed_at, created_at, updated_at, is_active, is_verified, is_admin,
         requires_password_change, given_name, family_name, middle_name, nickname, preferred_username, profile, picture,
         website, gender, birthdate, zoneinfo, locale, phone_number, phone_number_verified, address, self_registered)
      select
         ${user.id}::uuid, ${user.username}::text, ${user.email}::text, ${user.passwordHash}::text,
         ${user.createdAt}::timestamptz, ${user.createdAt}::timestamptz, ${user.createdAt}::timestamptz,
         ${user.isActive}::boolean, ${user.isVerified}::boolean, ${user.isAdmin}::boolean,
         ${user.requiresPasswordChange}::boolean, ${profile.givenName}::text, ${profile.familyName}::text,
         ${profile.middleName}::text, ${profile.nickname}::text, ${profile.preferredUsername}::text,
         ${profile.profile}::text, ${profile.picture}::text, ${profile.website}::text, ${profile.gender}::text,
         ${profile.birthdate}::text, ${profile.zoneinfo}::text, ${profile.locale}::text, ${profile.phoneNumber}::text,
         ${profile.phoneNumberVerified ?? false}::boolean, ${json(profile.address)}::jsonb, ${selfRegistered}::boolean
       where not ${selfRegistered} or not exists (
               select from users o where authly_look(o.username) = authly_look(${user.username})
                                         and lower(o.username) <> lower(${user.username})
               union all
               select from unnest(${reserved}::text[]) as r(name) where authly_look(r.name) = authly_look(${user.username})
               union all
               select from users o where authly_look(o.preferred_username) = authly_look(${user.username}))`);
    return added === 1 ? 'added' : { taken: 'username' };
  } catch (error) {
    const taken = takenField(error);
    if (taken === undefined) throw error;
    return { taken };
  }
}
