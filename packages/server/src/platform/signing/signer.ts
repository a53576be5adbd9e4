import type { SigningAlgorithm } from '../../model/client.js';
import { isTrusted, type SigningKeyState, signingKeyState } from '../../model/signing-key.js';
import type { Signer, Succession, VerifiedJwt } from '../../ports/crypto/signer.js';
import { decodeBytes, decodePart, encodePart, isSignatureOf, isSigningAlgorithm, signatureOf } from './jws.js';
import { createKeyPair, type KeyPair } from './key-pair.js';
import { createKeySet, type LoadedKey, type LoadedKeys } from './key-set.js';
import {
  addFirstKeys,
  algorithmsInUse,
  announceFirstKey,
  createSuccessor,
  dueForRotation,
  type RotationNeeds,
} from './rotation.js';

/** The server's signer, with what only its owner may do. */
export interface OwnedSigner extends Signer {
  /** Reads the keys; the first server of a database stores these, and keys of the algorithms that the settings name. */
  start(firstKeys: () => Promise<readonly KeyPair[]>, algorithms?: readonly SigningAlgorithm[]): Promise<void>;
  /** Replaces the keys whose time has come. */
  rotateDue(): Promise<void>;
  /** For the listener: the keys in the database changed. */
  invalidate(): void;
  /** The database may have changed without a word: nothing is signed before the keys have been read again. */
  markOutdated(): void;
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

// Some verifiers go by the order of the keys: that of access tokens comes first, and the same on every installation.
const PUBLISHED: readonly SigningAlgorithm[] = ['ES256', 'RS256', 'PS256', 'EdDSA'];

/** Signs and verifies with the keys of the signing_keys table. */
export function createSigner(needs: RotationNeeds & { readonly onFault: (error: unknown) => void }): OwnedSigner {
  const keys = createKeySet(needs);
  let mayAskForUnknownAt = 0;
  const announcing = new Map<SigningAlgorithm, Promise<void>>();

  async function keyThatSigns(algorithm: SigningAlgorithm): Promise<LoadedKey> {
    const now = needs.clock.now();
    const known = signingNow(await keys.certain(), algorithm, now);
    if (known !== undefined) return known;
    await announce(algorithm);
    const made = signingNow(await keys.current(), algorithm, now);
    if (made === undefined) throw new Error(`there is no ${algorithm} key to sign with`);
    return made;
  }

  /** Many may ask for the same new algorithm at once: one key pair is enough for all of them. */
  function announce(algorithm: SigningAlgorithm): Promise<void> {
    const begun = announcing.get(algorithm);
    if (begun !== undefined) return begun;
    const work = announceFirstKey(algorithm, needs)
      .then(async () => void (await keys.reload()))
      .finally(() => announcing.delete(algorithm));
    announcing.set(algorithm, work);
    return work;
  }

  async function announceMissing(algorithms: readonly SigningAlgorithm[]): Promise<void> {
    const present = new Set([...(await keys.current()).values()].map(({ key }) => key.algorithm));
    await Promise.all(algorithms.filter((algorithm) => !present.has(algorithm)).map(announce));
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
    if (loaded === undefined || !isTrusted(loaded.key, needs.clock.now())) return undefined;
    // The algorithm is a property of the key, never the sender's choice. @spec RFC 8725 §3.1
    if (loaded.key.algorithm !== header['alg']) return undefined;
    const by = { algorithm: loaded.key.algorithm, key: loaded.publicKey };
    if (!isSignatureOf(`${head}.${body}`, signature, by)) return undefined;
    const claims = decodePart(body);
    return claims === undefined ? undefined : { header, claims };
  }

  return {
    async start(firstKeys, algorithms = []) {
      if ((await keys.reload()).size === 0) {
        const pairs = await firstKeys();
        const missing = algorithms.filter((algorithm) => !pairs.some((pair) => pair.algorithm === algorithm));
        await addFirstKeys([...pairs, ...(await Promise.all(missing.map(createKeyPair)))], needs);
        await keys.reload();
      }
      await announceMissing([...FIRST_ALGORITHMS, ...algorithms]);
    },

    announce: announceMissing,

    async sign({ algorithm, type, claims }) {
      const loaded = await keyThatSigns(algorithm);
      const input = `${headerOf(loaded, type)}.${encodePart(claims)}`;
      return `${input}.${await signatureOf(input, algorithm, loaded.privateKey)}`;
    },

    verify,

    async publicKeys() {
      const now = needs.clock.now();
      const all = [...(await keys.current()).values()];
      return all
        .filter(({ key }) => isTrusted(key, now))
        .toSorted((left, right) => PUBLISHED.indexOf(left.key.algorithm) - PUBLISHED.indexOf(right.key.algorithm))
        .map(({ key }) => key.publicJwk);
    },

    async rotate({ algorithm, immediate }, keep = storeAll) {
      const now = needs.clock.now();
      const algorithms = algorithm === undefined ? algorithmsInUse(await needs.store.all(), now) : [algorithm];
      const successions = await Promise.all(algorithms.map((each) => createSuccessor(each, { immediate }, needs)));
      await keep(successions);
      // Not read here: what keeps them may have more to do before it commits.
      keys.markOutdated();
      return successions.map(({ key }) => key);
    },

    async withdraw(kid, keep) {
      const algorithm = (await needs.store.all()).find((key) => key.kid === kid)?.algorithm;
      if (algorithm === undefined) return undefined;
      const { key: successor } = await createSuccessor(algorithm, { immediate: true }, needs);
      const withdrawn = await keep({ kid, successor, now: successor.createdAt });
      keys.markOutdated();
      return withdrawn;
    },

    async isWithdrawn(jwt) {
      await keys.current();
      // Nearly always there is none, and then nothing has to be read from the token.
      if (!keys.hasWithdrawn()) return false;
      const kid = decodePart(jwt.slice(0, jwt.indexOf('.')))?.['kid'];
      return typeof kid === 'string' && keys.isWithdrawn(kid);
    },

    async rotateDue() {
      for (const algorithm of dueForRotation(await needs.store.all(), needs)) {
        await storeAll([await createSuccessor(algorithm, { immediate: false }, needs)]);
      }
      await keys.reload();
    },

    invalidate: keys.invalidate,
    markOutdated: keys.markOutdated,
  };
}

/**
 * The newest key that signs. Where none does yet, the oldest that is announced: a node whose clock is behind the one that made
 * the keys, or the first token in an algorithm that was asked for a moment ago, does better with it than with none.
 */
function signingNow(keys: LoadedKeys, algorithm: SigningAlgorithm, now: Date): LoadedKey | undefined {
  const inState = (state: SigningKeyState): LoadedKey[] =>
    [...keys.values()]
      .filter(({ key }) => key.algorithm === algorithm && signingKeyState(key, now) === state)
      .toSorted((left, right) => left.key.activeAt.getTime() - right.key.activeAt.getTime());
  return inState('signing').at(-1) ?? inState('announced')[0];
}

function headerOf(loaded: LoadedKey, type: string): string {
  const known = loaded.headers.get(type);
  if (known !== undefined) return known;
  const header = encodePart({ alg: loaded.key.algorithm, typ: type, kid: loaded.key.kid });
  loaded.headers.set(type, header);
  return header;
}
