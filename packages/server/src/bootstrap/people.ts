import type { UserId } from '@authly/oauth';
import type { Context } from '../ports/context.js';
import type { Random } from '../ports/crypto/random.js';

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'passwords' | 'settings'>;

/** What serve may show once on the terminal. Never logged. */
export interface Administrator {
  readonly username: string;
  /** `present`: there was an account with this name, which was left alone, whatever it may do. */
  readonly outcome: 'created' | 'present' | 'not-asked';
  /** Only when it was made up here. */
  readonly generatedPassword?: string;
  /** Whether a password was chosen that the account, present already, does not have. To find out takes as long as a sign-in. */
  isChosenPasswordIgnored?(): Promise<boolean>;
}

/** The password of the seeded accounts; the only one that is in the code. */
export const SEED_PASSWORD = 'Test123!';

/**
 * Creates the first administrator. An account that has the name already is never promoted: whoever took the name early
 * would own the server. `isFirstStart`: without a password that someone chose, it is created on the first start only,
 * because later there are administrators already, perhaps under other names.
 */
export async function ensureAdministrator(
  options: { readonly isFirstStart: boolean },
  context: Needs,
): Promise<Administrator> {
  const { settings } = context;
  const username = settings['bootstrap.admin_username'];
  const chosen = settings['bootstrap.admin_password'];
  if (chosen === undefined && !options.isFirstStart) return { username, outcome: 'not-asked' };
  const present = await context.store.users.findForSignIn(username);
  if (present !== undefined) {
    const isChosenPasswordIgnored = async () =>
      chosen !== undefined && !(await context.passwords.verify(present.passwordHash, chosen));
    return { username, outcome: 'present', isChosenPasswordIgnored };
  }
  const password = chosen ?? generatePassword(context.random);
  const outcome = await addPerson(
    {
      username,
      email: settings['bootstrap.admin_email'],
      password,
      isAdmin: true,
      requiresPasswordChange: !(settings['bootstrap.dev_mode'] && chosen !== undefined),
    },
    context,
  );
  return chosen === undefined && outcome === 'created'
    ? { username, outcome, generatedPassword: password }
    : { username, outcome };
}

/** The accounts of --seed, with a password that everyone knows. Answers which of them were made now. */
export async function ensureSeedPeople(context: Needs): Promise<ReadonlySet<string>> {
  const common = { password: SEED_PASSWORD, requiresPasswordChange: false };
  const outcomes = await Promise.all(SEED_PEOPLE.map((person) => addPerson({ ...common, ...person }, context)));
  return new Set(SEED_PEOPLE.map(({ username }) => username).filter((_, index) => outcomes[index] === 'created'));
}

/** Those that have that password still: it must not be shown as if it worked when someone has changed it. */
export async function workingSeedPeople(
  made: ReadonlySet<string>,
  context: Pick<Needs, 'store' | 'passwords'>,
): Promise<readonly { readonly username: string; readonly password: string }[]> {
  const names = SEED_PEOPLE.map(({ username }) => username);
  const working = await Promise.all(names.map((name) => made.has(name) || hasSeedPassword(name, context)));
  return names.filter((_, index) => working[index]).map((username) => ({ username, password: SEED_PASSWORD }));
}

const SEED_PEOPLE = [
  { username: 'admin', email: 'admin@example.com', isAdmin: true },
  { username: 'user1', email: 'user1@example.com', isAdmin: false },
] as const;

async function hasSeedPassword(username: string, context: Pick<Needs, 'store' | 'passwords'>): Promise<boolean> {
  const found = await context.store.users.findForSignIn(username);
  return found !== undefined && (await context.passwords.verify(found.passwordHash, SEED_PASSWORD));
}

async function addPerson(
  person: {
    readonly username: string;
    readonly email: string;
    readonly password: string;
    readonly isAdmin: boolean;
    readonly requiresPasswordChange: boolean;
  },
  context: Needs,
): Promise<'created' | 'present'> {
  const { username, email, isAdmin, requiresPasswordChange } = person;
  if ((await context.store.users.findForSignIn(username)) !== undefined) return 'present';
  const id = context.random.uuid() as UserId;
  const passwordHash = await context.passwords.hash(person.password);
  return await context.store.transaction(async (tx) => {
    const added = await tx.users.add({
      id,
      username,
      email,
      passwordHash,
      isActive: true,
      isVerified: true,
      isAdmin,
      requiresPasswordChange,
      profile: {},
      createdAt: context.clock.now(),
    });
    if (added !== 'added') return 'present';
    tx.record(
      {
        action: 'user.created',
        outcome: 'success',
        actor: { type: 'system', name: 'bootstrap' },
        target: { type: 'user', id },
        details: { username, is_admin: isAdmin },
      },
      {},
    );
    return 'created';
  });
}

const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Four groups of five characters that cannot be mistaken for each other: 116 bits, and every class a policy asks for. */
export function generatePassword(random: Random): string {
  for (;;) {
    const letters = pickLetters(20, random);
    if (!/\d/.test(letters) || !/[A-Z]/.test(letters) || !/[a-z]/.test(letters)) continue;
    return letters.replace(/(.{5})(?=.)/g, '$1.');
  }
}

/** Bytes that would make some letters more likely than others are thrown away. */
function pickLetters(count: number, random: Random): string {
  const limit = 256 - (256 % LETTERS.length);
  let letters = '';
  while (letters.length < count) {
    const fair = [...random.bytes(2 * count)].filter((byte) => byte < limit);
    letters += fair.map((byte) => LETTERS[byte % LETTERS.length]).join('');
  }
  return letters.slice(0, count);
}
