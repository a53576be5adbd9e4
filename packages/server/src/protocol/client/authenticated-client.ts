import type { ClientAuthMethod } from '@authly/oauth';
import type { Client } from '../../model/client.js';

declare const proof: unique symbol;

/** A client that has proved who it is as it registered to. Only `authenticateClient` makes one. */
export interface AuthenticatedClient {
  readonly client: Client;
  readonly method: ClientAuthMethod;
  readonly [proof]: true;
}
