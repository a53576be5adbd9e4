/** What generated secrets look like, so that scanners find them and people see what they hold. */

/** Prefixes of the secrets that Authly generates. */
export const SECRET_PREFIX = {
  apiKey: 'authly_pat_',
  refreshToken: 'authly_rt_',
  clientSecret: 'cs_',
} as const;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const API_KEY = /^authly_pat_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

/**
 * Makes an API key from 32 random bytes: prefix, 43 base62 digits, and a 6-digit CRC-32 checksum, so that a scanner can tell
 * a real key from a look-alike without asking the server.
 */
export function formatApiKey(random: Uint8Array): string {
  const body = base62(random, 43);
  return `${SECRET_PREFIX.apiKey}${body}${checksum(body)}`;
}

/** Tells whether a string has the form and the checksum of an API key. It says nothing about whether the key exists. */
export function isApiKey(value: string): boolean {
  const match = API_KEY.exec(value);
  return match !== null && checksum(match[1] ?? '') === match[2];
}

function checksum(body: string): string {
  const crc = crc32(new TextEncoder().encode(body));
  return base62(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc), 6);
}

function base62(bytes: Uint8Array, length: number): string {
  let rest = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let digits = '';
  for (let place = 0; place < length; place += 1) {
    digits = BASE62[Number(rest % 62n)] + digits;
    rest /= 62n;
  }
  return digits;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
