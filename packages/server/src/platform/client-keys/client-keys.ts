import { ASSERTION_ALGORITHMS } from '@authly/oauth';
import { compactVerify, type CompactVerifyResult, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { Client } from '../../model/client.js';
import type { ClientKeys } from '../../ports/crypto/client-keys.js';
import type { VerifiedJwt } from '../../ports/crypto/signer.js';
import type { RemoteKeys } from './remote-keys.js';

const MAX_JWT_LENGTH = 16_384;
/** A key set may hold several keys that fit a header without kid. */
const MAX_TRIES = 8;

/** Verifies with the keys that the client registered. Keys in the token's header are never looked at. */
// @check 118, 119, 121, 122
export function createClientKeys(remote: RemoteKeys, onFault: (error: unknown) => void): ClientKeys {
  async function verifyRemotely(jwt: string, client: Client, uri: string): Promise<VerifiedJwt | undefined> {
    const keys = await remote.get(uri);
    const first = await verifyWith(keys, jwt, client);
    if (first !== 'no key') return first;
    // The client may have rotated its keys since: one more look.
    const newer = await remote.get(uri, keys);
    const second = newer === keys ? 'no key' : await verifyWith(newer, jwt, client);
    return second === 'no key' ? undefined : second;
  }

  return {
    async verify(jwt, client) {
      if (jwt.length > MAX_JWT_LENGTH) return undefined;
      if (client.jwks !== undefined) {
        const answer = await verifyWith({ keys: [...client.jwks.keys] }, jwt, client);
        return answer === 'no key' ? undefined : answer;
      }
      if (client.jwksUri === undefined) return undefined;
      try {
        return await verifyRemotely(jwt, client, client.jwksUri);
      } catch (error) {
        // The client's own server is down or wrong: a refusal for this client, not a fault of ours.
        onFault(error);
        return undefined;
      }
    },
  };
}

async function verifyWith(
  set: JSONWebKeySet,
  jwt: string,
  client: Client,
): Promise<VerifiedJwt | 'no key' | undefined> {
  const algorithms = ASSERTION_ALGORITHMS.filter(
    (alg) => client.authSigningAlg === undefined || alg === client.authSigningAlg,
  );
  try {
    return toVerified(await compactVerify(jwt, createLocalJWKSet(set), { algorithms }));
  } catch (error) {
    if (error instanceof errors.JWKSMultipleMatchingKeys) return tryEach(error, jwt, algorithms);
    if (error instanceof errors.JWKSNoMatchingKey) return 'no key';
    // Anything else is wrong with what the client sent or registered: form, algorithm, signature, unusable key.
    return undefined;
  }
}

async function tryEach(
  candidates: errors.JWKSMultipleMatchingKeys,
  jwt: string,
  algorithms: string[],
): Promise<VerifiedJwt | undefined> {
  let tries = 0;
  for await (const key of candidates) {
    tries += 1;
    if (tries > MAX_TRIES) return undefined;
    const verified = await compactVerify(jwt, key, { algorithms }).catch(() => undefined);
    if (verified !== undefined) return toVerified(verified);
  }
  return undefined;
}

function toVerified({ protectedHeader, payload }: CompactVerifyResult): VerifiedJwt | undefined {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
    return { header: { ...protectedHeader }, claims: { ...claims } };
  } catch {
    return undefined;
  }
}
