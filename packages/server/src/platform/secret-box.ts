import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { Random } from '../ports/random.js';
import type { SecretBox } from '../ports/secret-box.js';

/** First byte of every box: says how the rest is to be read, so that the format can change. */
const VERSION = 1;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + SALT_BYTES + NONCE_BYTES;

/**
 * AES-256-GCM. Every box has a key of its own, derived from the master key and a random salt: random nonces of 96 bits under
 * one key would be safe for 2^32 boxes only, and every refresh seals one.
 * @spec NIST SP 800-38D §8.3
 */
export function createSecretBox(masterKey: string, random: Random): SecretBox {
  const root = Buffer.from(hkdfSync('sha256', masterKey, 'authly', 'secret-box', 32));
  const keyFor = (salt: Buffer): Buffer => createHmac('sha256', root).update(salt).digest();

  return {
    seal(plain, context) {
      const head = Buffer.concat([Buffer.of(VERSION), random.bytes(SALT_BYTES + NONCE_BYTES)]);
      const cipher = createCipheriv('aes-256-gcm', keyFor(saltOf(head)), nonceOf(head));
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([head, body, cipher.getAuthTag()]);
    },

    open(sealed, context) {
      if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] !== VERSION) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', keyFor(saltOf(sealed)), nonceOf(sealed), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = decipher.update(sealed.subarray(HEAD_BYTES, -TAG_BYTES));
      try {
        return Buffer.concat([plain, decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}

function saltOf(box: Buffer): Buffer {
  return box.subarray(1, 1 + SALT_BYTES);
}

function nonceOf(box: Buffer): Buffer {
  return box.subarray(1 + SALT_BYTES, HEAD_BYTES);
}
