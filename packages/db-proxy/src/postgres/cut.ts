import type { CutReason } from '../access/live-tokens.js';

/** What a session is told that did nothing wrong. */
export const CUT: Readonly<Record<CutReason, string>> = {
  revoked: 'the token was revoked',
  expired: 'the token has expired',
  scopes: 'the token has lost the scopes of this session',
  'authly-gone': 'Authly has not answered for a minute',
};
