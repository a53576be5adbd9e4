import type { Client } from '../../model/client.js';
import type { VerifiedJwt } from './signer.js';

/** Verifies what a client signed with its own registered keys (jwks or jwks_uri). */
export interface ClientKeys {
  /** Checks the signature only, with the algorithms allowed for this client; `undefined` when no key of the client made it. */
  verify(jwt: string, client: Client): Promise<VerifiedJwt | undefined>;
}
