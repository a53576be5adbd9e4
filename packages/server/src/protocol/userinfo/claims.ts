import type { ClaimsRequest } from '../../model/tokens/claims-request.js';
import type { User } from '../../model/people/user.js';

/** Which claims each scope opens. @spec OpenID Connect Core §5.4 */
export const SCOPE_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** Every claim about a person that Authly can answer. */
export const PERSON_CLAIMS: readonly string[] = Object.values(SCOPE_CLAIMS).flat();

/** The claims that a UserInfo answer may hold: those of the scopes, and those asked for one by one and consented to. */
// @check 56, 207
export function claimNames(
  scopes: readonly string[],
  asked: ClaimsRequest['userinfo'] | undefined,
): ReadonlySet<string> {
  const ofScopes = scopes.flatMap((scope) => SCOPE_CLAIMS[scope] ?? []);
  const named = Object.keys(asked ?? {}).filter((name) => PERSON_CLAIMS.includes(name));
  return new Set([...ofScopes, ...named]);
}

/** What is known about a person under these names; what is not known is left out. @spec OpenID Connect Core §5.3.2 */
// @check 207
export function personClaims(user: User, names: ReadonlySet<string>): Record<string, unknown> {
  const all = allClaims(user);
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => names.has(name) && value !== undefined && value !== ''),
  );
}

function allClaims(user: User): Record<string, unknown> {
  const { profile } = user;
  const name = [profile.givenName, profile.familyName].filter(Boolean).join(' ');
  const hasPhone = profile.phoneNumber !== undefined && profile.phoneNumber !== '';
  return {
    name: name === '' ? user.username : name,
    given_name: profile.givenName,
    family_name: profile.familyName,
    middle_name: profile.middleName,
    nickname: profile.nickname,
    preferred_username: profile.preferredUsername ?? user.username,
    profile: profile.profile,
    picture: profile.picture,
    website: profile.website,
    gender: profile.gender,
    birthdate: profile.birthdate,
    zoneinfo: profile.zoneinfo,
    locale: profile.locale,
    updated_at: Math.floor(user.updatedAt.getTime() / 1000),
    email: user.email,
    email_verified: user.isVerified,
    phone_number: profile.phoneNumber,
    phone_number_verified: hasPhone ? profile.phoneNumberVerified : undefined,
    address: profile.address && Object.keys(profile.address).length > 0 ? profile.address : undefined,
  };
}
