/** Says what is wrong with a secret that was made up by a person or copied from an example; `undefined`: nothing. */
export function secretWeakness(secret: string): string | undefined {
  const lower = secret.toLowerCase();
  if (EXAMPLES.some((example) => lower.includes(example))) return 'is a known example';
  if (secret.length < MIN_LENGTH) return `has ${secret.length} characters, and needs at least ${MIN_LENGTH}`;
  if (isRepetition(secret) || entropyBits(secret) < MIN_BITS) return 'is easy to guess';
  return undefined;
}

/** Passwords that everyone tries first. */
export function isWellKnownPassword(password: string): boolean {
  return WELL_KNOWN_PASSWORDS.has(password.toLowerCase());
}

/** For whoever looks for them among the passwords that are in use. */
export function wellKnownPasswords(): readonly string[] {
  return [...WELL_KNOWN_PASSWORDS];
}

export const HOW_TO_MAKE_A_SECRET = 'make one with: openssl rand -base64 48';

const MIN_LENGTH = 32;
/** 32 random hexadecimal digits have about 115 by this measure. */
const MIN_BITS = 90;

/** Found in documents, images and compose files of this and other products. */
const EXAMPLES = [
  'my-secret',
  'mysecret',
  'refresh-secret',
  'change-me',
  'changeme',
  'change_me',
  'insecure',
  'your-secret',
  'your_secret',
  'secret-key',
  'secret_key',
  'supersecret',
  'super-secret',
  'super_secret',
  'placeholder',
  'dev-standalone',
  'example-secret',
] as const;

const WELL_KNOWN_PASSWORDS = new Set([
  'admin',
  'admin123',
  'administrator',
  'authly',
  'changeme',
  'change-me',
  'letmein',
  'password',
  'password1',
  'password123',
  'qwerty123',
  'root',
  'secret',
  'test123!',
  '12345678',
  '123456789',
]);

/** `abcabcabc…`, which Shannon's measure would count as much as its length. */
function isRepetition(secret: string): boolean {
  return `${secret}${secret}`.indexOf(secret, 1) < secret.length;
}

/** Shannon's entropy of the characters, times how many there are. */
function entropyBits(secret: string): number {
  const counts = new Map<string, number>();
  for (const char of secret) counts.set(char, (counts.get(char) ?? 0) + 1);
  const shares = [...counts.values()].map((count) => count / secret.length);
  return shares.reduce((sum, share) => sum - share * Math.log2(share), 0) * secret.length;
}
