import type { SigningAlgorithm } from '../../model/client.js';
import { signingKeyState } from '../../model/signing-key.js';
import type { Signer, Succession, VerifiedJwt } from '../../ports/signer.js';
import { decodeBytes, decodePart, encodePart, isSignatureOf, isSigningAlgorithm, signatureOf } from './jws.js';
import { createKeyPair, type KeyPair } from './key-pair.js';
import { createKeySet, type LoadedKey, type LoadedKeys } from './key-set.js';
import { addFirstKeys, algorithmsInUse, createSuccessor, dueForRotation, type RotationNeeds } from './rotation.js';

/** The server's signer, with what only its owner may do. */
export interface OwnedSigner extends Signer {
  /** Reads the keys; the first server of a database stores these. */
  start(firstKeys: () => Promise<readonly KeyPair[]>): Promise<void>;
  /** Replaces the keys whose time has come. */
  rotateDue(): Promise<void>;
  /** For the listener: the keys in the database changed. */
  invalidate(): void;
}

/** Access tokens are ES256, ID tokens RS256 unless someone asks for more; other keys are made when first needed. */
const FIRST_ALGORITHMS = ['ES256', 'RS256'] as const satisfies readonly SigningAlgorithm[];

const MAX_JWT_LENGTH = 16_384;
/** Headers that bring or name a key of the sender's own, or that ask for extensions. @spec RFC 8725 §3.10, RFC 7515 §4.1.11 */
const FORBIDDEN_HEADERS = ['jwk', 'jku', 'x5u', 'x5c', 'crit', 'b64'] as const;
/** A key that is not known yet may be another server's newest; strangers must not turn that into a query each. */
const UNKNOWN_KID_RELOAD_MS = 1_000;

export function createFirstKeys(): Promise<readonly KeyPair[]> {
  return Promise.all(FIRST_ALGORITHMS.map(createKeyPair));
}

/** Signs and verifies with the keys of the signing_keys table. */
export function createSigner(needs: RotationNeeds & { readonly onFault: (error: unknown) => void }): OwnedSigner {
  const keys = createKeySet(needs);
  let mayAskForUnknownAt = 0;

  async function keyThatSigns(algorithm: SigningAlgorithm): Promise<LoadedKey> {
    const now = needs.clock.now();
    const known = newestSigning(await keys.current(), algorithm, now);
    if (known !== undefined) return known;
    await addFirstKeys([await createKeyPair(algorithm)], needs);
    const made = newestSigning(await keys.reload(), algorithm, now);
    if (made === undefined) throw new Error(`no ${algorithm} key signs now`);
    return made;
  }

  async function keyOf(kid: string): Promise<LoadedKey | undefined> {
    const known = (await keys.current()).get(kid);
    const now = needs.clock.now().getTime();
    if (known !== undefined || now < mayAskForUnknownAt) return known;
    mayAskForUnknownAt = now + UNKNOWN_KID_RELOAD_MS;
    try {
      return (await keys.reload()).get(kid);
    } catch (error) {
      // A token of a key that no one knows is not worth an outage.
      needs.onFault(error);
      return undefined;
    }
  }

  async function storeAll(successions: readonly Succession[]): Promise<void> {
    for (const { key, others } of successions) await needs.store.rotate(key, others);
  }

  async function verify(jwt: string): Promise<VerifiedJwt | undefined> {
    const parts = jwt.length > MAX_JWT_LENGTH ? [] : jwt.split('.');
    const [head, body, tail] = parts;
    if (parts.length !== 3 || head === undefined || body === undefined || tail === undefined) return undefined;
    const header = decodePart(head);
    const signature = decodeBytes(tail);
    if (header === undefined || signature === undefined) return undefined;
    if (FORBIDDEN_HEADERS.some((name) => name in header)) return undefined;
    if (!isSigningAlgorithm(header['alg']) || typeof header['kid'] !== 'string') return undefined;
    const loaded = await keyOf(header['kid']);
    if (loaded === undefined || signingKeyState(loaded.key, needs.clock.now()) === 'gone') return undefined;
    // The algorithm is a property of the key, never the sender's choice. @spec RFC 8725 §3.1
    if (loaded.key.algorithm !== header['alg']) return undefined;
    const by = { algorithm: loaded.key.algorithm, key: loaded.publicKey };
    if (!isSignatureOf(`${head}.${body}`, signature, by)) return undefined;
    const claims = decodePart(body);
    return claims === undefined ? undefined : { header, claims };
  }

  return {
    async start(firstKeys) {
      const stored = await keys.reload();
      const present = new Set([...stored.values()].map(({ key }) => key.algorithm));
      if (FIRST_ALGORITHMS.every((algorithm) => present.has(algorithm))) return;
      await addFirstKeys(await firstKeys(), needs);
      await keys.reload();
    },

    async sign({ algorithm, type, claims }) {
      const loaded = await keyThatSigns(algorithm);
      const input = `${headerOf(loaded, type)}.${encodePart(claims)}`;
      return `${input}.${await signatureOf(input, algorithm, loaded.privateKey)}`;
    },

    verify,

    async publicKeys() {
      const now = needs.clock.now();
      const all = [...(await keys.current()).values()];
      return all.filter(({ key }) => signingKeyState(key, now) !== 'gone').map(({ key }) => key.publicJwk);
    },

    async rotate({ algorithm, immediate }, keep = storeAll) {
      const now = needs.clock.now();
      const algorithms = algorithm === undefined ? algorithmsInUse(await needs.store.all(), now) : [algorithm];
      const successions = await Promise.all(algorithms.map((each) => createSuccessor(each, { immediate }, needs)));
      await keep(successions);
      // Not read here: what keeps them may have more to do before it commits.
      keys.outdate();
      return successions.map(({ key }) => key);
    },

    async rotateDue() {
      for (const algorithm of dueForRotation(await needs.store.all(), needs)) {
        await storeAll([await createSuccessor(algorithm, { immediate: false }, needs)]);
      }
      await keys.reload();
    },

    invalidate: keys.invalidate,
  };
}

function newestSigning(keys: LoadedKeys, algorithm: SigningAlgorithm, now: Date): LoadedKey | undefined {
  let newest: LoadedKey | undefined;
  for (const loaded of keys.values()) {
    if (loaded.key.algorithm !== algorithm || signingKeyState(loaded.key, now) !== 'signing') continue;
    if (newest === undefined || loaded.key.activeAt > newest.key.activeAt) newest = loaded;
  }
  return newest;
}

function headerOf(loaded: LoadedKey, type: string): string {
  const known = loaded.headers.get(type);
  if (known !== undefined) return known;
  const header = encodePart({ alg: loaded.key.algorithm, typ: type, kid: loaded.key.kid });
  loaded.headers.set(type, header);
  return header;
}
