/**
 * Which passwords may be chosen: long enough, and none that a guess begins with. Nothing is asked about capitals, digits and signs.
 * @spec NIST SP 800-63B §3.1.1.2
 */
import type { Profile, User } from '../../../model/people/user.js';
import type { Context } from '../../../ports/context.js';

export type WeakPassword = 'too_short' | 'too_long' | 'common' | 'personal';

export type PasswordOwner = Pick<User, 'username' | 'email'> & {
  readonly profile?: Pick<Profile, 'givenName' | 'familyName' | 'nickname'>;
};

type Needs = Pick<Context, 'settings' | 'commonPasswords'>;

/** What the hasher takes, after the characters have got their plain forms. */
const MOST_BYTES = 1024;

/** What is wrong with a new password; `undefined` when nothing is. */
export async function findPasswordProblem(
  password: string,
  owner: PasswordOwner,
  context: Needs,
): Promise<WeakPassword | undefined> {
  if (password.length > MOST_BYTES) return 'too_long';
  const plain = password.normalize('NFKC');
  if (Buffer.byteLength(plain) > MOST_BYTES) return 'too_long';
  if ([...plain].length < context.settings['passwords.min_length']) return 'too_short';
  const small = plain.toLowerCase();
  const cores = new Set([small, ...lettersForSigns(small)].flatMap(cutEnds));
  const personal = personalWords(owner, context);
  for (const core of cores) if (personal.has(core)) return 'personal';
  if (isRepeated(small) || isRunOfKeys(small)) return 'common';
  for (const core of cores) if (await context.commonPasswords.includes(core)) return 'common';
  return undefined;
}

/** The problem in a sentence, for the APIs. */
export function weakPasswordSentence(code: WeakPassword, context: Pick<Context, 'settings'>): string {
  switch (code) {
    case 'too_short':
      return `Password must be at least ${context.settings['passwords.min_length']} characters long`;
    case 'too_long':
      return `Password must be at most ${MOST_BYTES} bytes long`;
    case 'common':
      return 'Password is easy to guess: it is among the common ones, or follows a simple pattern';
    case 'personal':
      return 'Password must not be a name: yours, your e-mail address or the name of this service';
  }
}

/** At most so many digits and signs before and behind a word add nothing. */
const MOST_AROUND = 4;
/** What is left of a shorter core is no word, and the digits are the password. */
const SHORTEST_CORE = 4;

function cutEnds(password: string): readonly string[] {
  const before = /^[^\p{L}]{0,4}/u.exec(password)?.[0].length ?? 0;
  const behind = /[^\p{L}]{0,4}$/u.exec(password)?.[0].length ?? 0;
  const cores: string[] = [];
  for (let start = 0; start <= before; start += 1)
    for (let end = 0; end <= Math.min(behind, MOST_AROUND - start); end += 1)
      cores.push(password.slice(start, password.length - end));
  return cores.filter((core) => core.length >= SHORTEST_CORE);
}

/** `p@ssw0rd` is `password`; a 1 stands for either of two letters. */
function lettersForSigns(password: string): readonly string[] {
  const plain = password.replaceAll(/[@4]/g, 'a').replaceAll('3', 'e').replaceAll('0', 'o').replaceAll(/[$5]/g, 's');
  return [plain.replaceAll('1', 'l'), plain.replaceAll('1', 'i')];
}

function personalWords({ username, email, profile = {} }: PasswordOwner, { settings }: Needs): ReadonlySet<string> {
  const names = [profile.givenName, profile.familyName, profile.nickname, settings['theme.product_name']];
  const words = [username, email, ...email.split(/[@.]/), email.split('@')[0], ...names, ...issuerLabels(settings)];
  return new Set(words.filter((word) => word !== undefined).map((word) => word.normalize('NFKC').toLowerCase()));
}

function issuerLabels({ issuer }: Needs['settings']): readonly string[] {
  const { hostname } = new URL(issuer);
  return [hostname, ...hostname.split('.')];
}

const LONGEST_UNIT = 4;

function isRepeated(password: string): boolean {
  const letters = [...password];
  return Array.from({ length: LONGEST_UNIT }, (_, index) => index + 1).some((unit) =>
    letters.every((letter, index) => letter === letters[index % unit]),
  );
}

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
  'qwertzuiop',
];
const RUNS = [...ROWS, ...ROWS.map((row) => [...row].toReversed().join(''))];
const SHORTEST_RUN = 3;

/** Neighbours in the alphabet or on the keyboard, run after run. */
function isRunOfKeys(password: string): boolean {
  for (let start = 0; start < password.length; ) {
    const length = longestRun(password.slice(start));
    if (length < SHORTEST_RUN) return false;
    start += length;
  }
  return true;
}

function longestRun(text: string): number {
  let length = 0;
  while (length < text.length && RUNS.some((run) => run.includes(text.slice(0, length + 1)))) length += 1;
  return length;
}
