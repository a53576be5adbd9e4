/** A client that holds a key and makes DPoP proofs with it, right ones and any wrong ones. */
import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { TestServer } from './server.js';

export const TOKEN = '/api/v1/oauth/token';

export interface ProofWish {
  readonly method?: string;
  /** A path of the server, or a whole address. */
  readonly url?: string;
  /** The access token that goes with it. */
  readonly token?: string;
  readonly nonce?: string;
  /** Claims instead of, or beside, the right ones; `undefined` leaves one out. */
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly signedBy?: CryptoKey | Uint8Array;
}

export interface Prover {
  readonly thumbprint: string;
  readonly jwk: JWK;
  readonly privateKey: CryptoKey;
  proof(wish?: ProofWish): Promise<string>;
  /** The headers of a request with a bound token. */
  headers(token: string, url: string, wish?: ProofWish): Promise<Record<string, string>>;
}

export async function createProver(
  server: Pick<TestServer, 'url' | 'clock'>,
  alg = 'ES256',
  options: { readonly modulusLength?: number } = {},
): Promise<Prover> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
  const jwk = await exportJWK(publicKey);
  const proof: Prover['proof'] = ({ method = 'POST', url = TOKEN, token, nonce, claims, header, signedBy } = {}) =>
    new SignJWT({
      jti: randomUUID(),
      htm: method,
      htu: url.startsWith('/') ? `${server.url}${url}` : url,
      iat: Math.floor(server.clock.now().getTime() / 1000),
      ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
      ...(nonce !== undefined && { nonce }),
      ...claims,
    })
      .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
      .sign(signedBy ?? privateKey);
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    jwk,
    privateKey,
    proof,
    headers: async (token, url, wish = {}) => ({
      authorization: `DPoP ${token}`,
      dpop: await proof({ method: 'GET', url, token, ...wish }),
    }),
  };
}
