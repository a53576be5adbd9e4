import type { TokenHash } from '@authly/oauth';
import type { PushedRequest } from '../../../model/tokens/pushed-request.js';

export interface PushedRequestStore {
  add(pushed: PushedRequest): Promise<void>;
  /** Whatever its state. It is used up by `codes.issue`. */
  find(hash: TokenHash): Promise<PushedRequest | undefined>;
}
