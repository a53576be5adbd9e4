import type { Received } from '@authly/admin-api';
import type { Address, Profile } from '../../model/people/user.js';
import type { OptionalProfileField } from '../../ports/store/people/users.js';

type Body = Received<'updateUser'>['body'];

/** What a body says about a profile: values to set, and fields to empty. */
export interface ProfileChange {
  readonly profile: Partial<Profile>;
  readonly clear: readonly OptionalProfileField[];
  /** The names of the fields that were given, as the caller knows them. */
  readonly fields: readonly string[];
}

/** Reads profile fields one by one: what is missing stays, an empty text clears. */
export function readProfileChange(body: Partial<Body>): ProfileChange {
  const names = Object.keys(TEXTS) as (keyof typeof TEXTS)[];
  const given = names.filter((name) => body[name] !== undefined);
  const set = given.filter((name) => body[name] !== '');
  const emptied = given.filter((name) => body[name] === '').map((name) => TEXTS[name]);
  const address = body.address && fillAddress(body.address);
  const noAddress = address !== undefined && Object.keys(address).length === 0;
  return {
    profile: {
      ...Object.fromEntries(set.map((name) => [TEXTS[name], body[name]])),
      ...(body.phone_number_verified !== undefined && { phoneNumberVerified: body.phone_number_verified }),
      ...(address !== undefined && !noAddress && { address }),
    },
    clear: [...emptied, ...(noAddress ? (['address'] as const) : [])],
    fields: [
      ...given,
      ...(body.phone_number_verified === undefined ? [] : ['phone_number_verified']),
      ...(body.address === undefined ? [] : ['address']),
    ],
  };
}

const TEXTS = {
  given_name: 'givenName',
  family_name: 'familyName',
  middle_name: 'middleName',
  nickname: 'nickname',
  preferred_username: 'preferredUsername',
  profile: 'profile',
  picture: 'picture',
  website: 'website',
  gender: 'gender',
  birthdate: 'birthdate',
  zoneinfo: 'zoneinfo',
  locale: 'locale',
  phone_number: 'phoneNumber',
} as const satisfies Partial<Record<keyof Body, OptionalProfileField>>;

function fillAddress(address: NonNullable<Body['address']>): Address {
  return Object.fromEntries(Object.entries(address).filter(([, line]) => line !== undefined && line !== ''));
}
