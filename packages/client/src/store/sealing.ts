/** Encryption of one value: AES-256-GCM, bound to the place where the value belongs. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const version = 'v1';

/** Encrypts a value; `context` must be given again to open it, so that it cannot be moved to another record or server. */
export function seal(value: string, key: Buffer, context: readonly string[]): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associatedData(context));
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${version}.${iv.toString('base64url')}.${sealed.toString('base64url')}`;
}

/** Opens a sealed value; `undefined` when it was changed, moved, or sealed with another key. */
export function unseal(sealed: string, key: Buffer, context: readonly string[]): string | undefined {
  const [form, iv, body, ...rest] = sealed.split('.');
  if (form !== version || iv === undefined || body === undefined || rest.length > 0) return undefined;
  const bytes = Buffer.from(body, 'base64url');
  const nonce = Buffer.from(iv, 'base64url');
  if (bytes.length < 16 || nonce.length !== 12) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(associatedData(context)).setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** A value that tells later whether a key is the right one, without telling anything about the key. */
export function keyCheck(key: Buffer): string {
  return createHmac('sha256', key).update('authly token store').digest('base64url').slice(0, 22);
}

/** Compares a key with the check that was stored beside it. */
export function isRightKey(key: Buffer, check: string): boolean {
  const actual = Buffer.from(keyCheck(key));
  const expected = Buffer.from(check);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function associatedData(context: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(context), 'utf8');
}
