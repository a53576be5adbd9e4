import { z } from 'zod';
import { lines, optional, text } from './fields.js';

/** What a person's profile holds, going in and coming out. @spec OpenID Connect Core §5.1 */

/** Every field may be missing or null, which leaves it; an empty text clears it. */
export const profileInput = {
  given_name: optional(text('given_name', 255)),
  family_name: optional(text('family_name', 255)),
  middle_name: optional(text('middle_name', 255)),
  nickname: optional(text('nickname', 255)),
  preferred_username: optional(text('preferred_username', 255)),
  profile: optional(page('profile')),
  picture: optional(page('picture')),
  website: optional(page('website')),
  gender: optional(text('gender', 50)),
  birthdate: optional(
    z
      .string()
      .max(10, 'birthdate must be YYYY-MM-DD, YYYY or 0000-MM-DD')
      .refine(isBirthdate, 'birthdate must be YYYY-MM-DD, YYYY or 0000-MM-DD'),
  ),
  zoneinfo: optional(text('zoneinfo', 100).refine(isZone, 'zoneinfo must be a time zone such as Europe/Oslo')),
  locale: optional(text('locale', 35).refine(isLocale, 'locale must be a language tag such as en-US')),
  phone_number: optional(text('phone_number', 50)),
  phone_number_verified: optional(z.boolean()),
  address: optional(
    z.object({
      formatted: optional(lines('formatted', 1000)),
      street_address: optional(lines('street_address', 500)),
      locality: optional(text('locality', 255)),
      region: optional(text('region', 255)),
      postal_code: optional(text('postal_code', 50)),
      country: optional(text('country', 255)),
    }),
  ),
} as const;

/** Every field is there; null means that the person has not said it. */
export const profileOutput = {
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  middle_name: z.string().nullable(),
  nickname: z.string().nullable(),
  preferred_username: z.string().nullable(),
  profile: z.string().nullable(),
  picture: z.string().nullable(),
  website: z.string().nullable(),
  gender: z.string().nullable(),
  birthdate: z.string().nullable(),
  zoneinfo: z.string().nullable(),
  locale: z.string().nullable(),
  phone_number: z.string().nullable(),
  phone_number_verified: z.boolean(),
  address: z.record(z.string(), z.string()).nullable(),
} as const;

function page(name: string) {
  return text(name, 2000).refine(
    (value) => value === '' || isPage(value),
    `${name} must be an http or https URL without a user name`,
  );
}

/** What stands before an @ looks like the site and is not. */
function isPage(value: string): boolean {
  if (!/^https?:\/\/[^\s<>"'`\\]+$/.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '' && !/^https?:\/\/[^/?#]*@/.test(value);
}

function isBirthdate(value: string): boolean {
  if (value === '' || /^\d{4}$/.test(value)) return true;
  const match = /^(\d{4})-(\d{2}-\d{2})$/.exec(value);
  if (!match) return false;
  // 0000 means "year omitted"; a leap year lets 29 February stand.
  const day = `${match[1] === '0000' ? '2000' : match[1]}-${match[2]}`;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function isZone(value: string): boolean {
  if (value === '') return true;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isLocale(value: string): boolean {
  if (value === '') return true;
  try {
    // en_US is what many systems write.
    return Intl.getCanonicalLocales(value.replaceAll('_', '-')).length === 1;
  } catch {
    return false;
  }
}
