import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Random } from '../ports/crypto/random.js';
import type { SecretBox } from '../ports/crypto/secret-box.js';

/** First byte of every box: says how the rest is to be read, so that the format can change. */
const VERSION = 1;
const KEY_ID_BYTES = 4;
/** The version and which master key it was: what the database can find those by that are to be sealed anew. */
const PREFIX_BYTES = 1 + KEY_ID_BYTES;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = PREFIX_BYTES + SALT_BYTES + NONCE_BYTES;

/**
 * AES-256-GCM. Every box has a key of its own, derived from the master key and a random salt: random nonces of 96 bits under
 * one key would be safe for 2^32 boxes only, and every refresh seals one.
 * What was sealed with one of the other keys is opened too.
 * @spec NIST SP 800-38D §8.3
 */
export function createSecretBox(masterKey: string, random: Random, others: readonly string[] = []): SecretBox {
  const current = masterKeyOf(masterKey);
  const known = [current, ...others.map(masterKeyOf)];

  return {
    ...createMessageCodes(masterKey),
    prefix: current.prefix,
    knownPrefixes: known.map(({ prefix }) => prefix),

    seal(plain, context) {
      const head = Buffer.concat([current.prefix, random.bytes(SALT_BYTES + NONCE_BYTES)]);
      const cipher = createCipheriv('aes-256-gcm', boxKey(current.root, head), nonceOf(head));
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([head, body, cipher.getAuthTag()]);
    },

    open(sealed, context) {
      const by = known.find(({ prefix }) => prefix.equals(sealed.subarray(0, PREFIX_BYTES)));
      if (by === undefined || sealed.length < HEAD_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', boxKey(by.root, sealed), nonceOf(sealed), {
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

/** Codes that only who has the secret can make. */
export function createMessageCodes(secret: string | Buffer): Pick<SecretBox, 'mac' | 'isMac'> {
  const root = Buffer.from(hkdfSync('sha256', secret, 'authly', 'message-code', 32));
  const mac = (message: string, purpose: string): Buffer =>
    createHmac('sha256', root).update(`${purpose}\n${message}`).digest();
  return {
    mac,
    isMac(given, message, purpose) {
      const right = mac(message, purpose);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}

interface MasterKey {
  readonly root: Buffer;
  readonly prefix: Buffer;
}

function masterKeyOf(secret: string): MasterKey {
  const derive = (purpose: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, 'authly', purpose, bytes));
  const id = derive('secret-box key id', KEY_ID_BYTES);
  return { root: derive('secret-box', 32), prefix: Buffer.concat([Buffer.of(VERSION), id]) };
}

function boxKey(root: Buffer, box: Buffer): Buffer {
  const salt = box.subarray(PREFIX_BYTES, PREFIX_BYTES + SALT_BYTES);
  return createHmac('sha256', root).update(salt).digest();
}

function nonceOf(box: Buffer): Buffer {
  return box.subarray(PREFIX_BYTES + SALT_BYTES, HEAD_BYTES);
}
