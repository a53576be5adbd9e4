import { exchanges, type Received } from '@authly/admin-api';
import type { RequestOrigin } from '../../model/audit-event.js';
import type { User } from '../../model/people/user.js';
import type { Context } from '../../ports/context.js';
import { claimNames } from '../../protocol/userinfo/claims.js';
import { OAuthError } from '../../protocol/error.js';
import type { LiveToken } from '../../protocol/token-state/live-token.js';
import { readProfileChange } from './profile-changes.js';

type Claims = Partial<Received<'updateUser'>['body']>;

/**
 * Changes what a person says about themselves, as far as the scopes of the token open it. What others vouch for (the address
 * of the e-mail, whether it or the phone number is verified) is not among it.
 */
export async function changeOwnProfile(
  wanted: Record<string, unknown>,
  by: { readonly user: User; readonly token: LiveToken; readonly origin: RequestOrigin },
  context: Pick<Context, 'store' | 'clock'>,
): Promise<void> {
  const opened = claimNames(by.token.scopes, undefined);
  const allowed = Object.fromEntries(Object.entries(wanted).filter(([name]) => opened.has(name)));
  const { profile, clear, fields } = readProfileChange(parse({ ...namesOf(allowed), ...allowed }));
  if (fields.length === 0)
    throw new OAuthError('invalid_request', 'There is no claim to change that the scopes of this token open.');
  if (profile.preferredUsername !== undefined)
    await checkPreferredUsername(profile.preferredUsername, by.user, context);
  const newPhone = fields.includes('phone_number') && profile.phoneNumber !== by.user.profile.phoneNumber;
  const change = { profile: { ...profile, ...(newPhone && { phoneNumberVerified: false }) } };
  await context.store.transaction(async (tx) => {
    const changed = await tx.users.change(by.user.id, change, { now: context.clock.now(), clear });
    if (typeof changed === 'string') throw new OAuthError('invalid_token', 'Could not validate credentials');
    tx.record(
      {
        action: 'profile.changed',
        outcome: 'success',
        actor: { type: 'user', id: by.user.id, name: by.user.username },
        ...(by.token.clientId !== undefined && { clientId: by.token.clientId }),
        target: { type: 'user', id: by.user.id },
        details: { fields },
      },
      by.origin,
    );
  });
}

/** Applications take it for the name of the person, so it follows the rules of names and looks like that of nobody else. */
async function checkPreferredUsername(name: string, user: User, context: Pick<Context, 'store'>): Promise<void> {
  if (name === user.username) return;
  if (!exchanges.createUser.body.shape.username.safeParse(name).success)
    throw new OAuthError('invalid_request', 'preferred_username: must be like a user name');
  if (await context.store.users.looksLikeAnother(name, user.id))
    throw new OAuthError('invalid_request', 'preferred_username: must not look like the name of somebody else');
}

/** Field rules of the admin API; only these fields, so that nothing else can come along. */
const PROFILE = exchanges.updateUser.body.pick({
  given_name: true,
  family_name: true,
  middle_name: true,
  nickname: true,
  preferred_username: true,
  profile: true,
  picture: true,
  website: true,
  gender: true,
  birthdate: true,
  zoneinfo: true,
  locale: true,
  phone_number: true,
  address: true,
});

function parse(claims: Record<string, unknown>): Claims {
  const result = PROFILE.safeParse(claims);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new OAuthError('invalid_request', `${issue?.path.join('.')}: ${issue?.message}`);
}

/** `name` is made of the given and the family name: the last word is taken for the family name. */
function namesOf({ name }: Record<string, unknown>): Record<string, string> {
  if (typeof name !== 'string') return {};
  const words = name.trim().split(/\s+/);
  if (words.length < 2) return { given_name: words.join(''), family_name: '' };
  return { given_name: words.slice(0, -1).join(' '), family_name: words.at(-1) ?? '' };
}
