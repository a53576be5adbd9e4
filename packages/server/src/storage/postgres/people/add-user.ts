import type { NewUser } from '../../../ports/store/users.js';
import type { Queryable } from '../pool.js';
import { json, sql } from '../sql.js';
import { takenField } from './taken.js';

export async function addUser(
  db: Queryable,
  user: NewUser,
): Promise<'added' | { readonly taken: 'username' | 'email' }> {
  const { profile } = user;
  try {
    await db.count(sql`
      insert into users
        (id, username, email, password_hash, password_changed_at, created_at, updated_at, is_active, is_verified, is_admin,
         requires_password_change, given_name, family_name, middle_name, nickname, preferred_username, profile, picture,
         website, gender, birthdate, zoneinfo, locale, phone_number, phone_number_verified, address)
      values
        (${user.id}, ${user.username}, ${user.email}, ${user.passwordHash}, ${user.createdAt}, ${user.createdAt},
         ${user.createdAt}, ${user.isActive}, ${user.isVerified}, ${user.isAdmin}, ${user.requiresPasswordChange},
         ${profile.givenName}, ${profile.familyName}, ${profile.middleName}, ${profile.nickname},
         ${profile.preferredUsername}, ${profile.profile}, ${profile.picture}, ${profile.website}, ${profile.gender},
         ${profile.birthdate}, ${profile.zoneinfo}, ${profile.locale}, ${profile.phoneNumber},
         ${profile.phoneNumberVerified ?? false}, ${json(profile.address)})`);
    return 'added';
  } catch (error) {
    const taken = takenField(error);
    if (taken === undefined) throw error;
    return { taken };
  }
}
