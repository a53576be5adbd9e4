import type { OAuthErrorCode } from '@authly/oauth';
import type { ClaimRequest, ClaimsRequest } from '../../model/tokens/claims-request.js';

const MOST_CLAIMS = 60;

/** Reads the `claims` parameter. Unknown claims are ignored later; a malformed parameter is refused. @spec OpenID Connect Core §5.5 */
// @check 56
export function readClaims(
  value: string | undefined,
  refuse: (code: OAuthErrorCode, description: string) => never,
): ClaimsRequest | undefined {
  if (value === undefined) return undefined;
  const parsed = parse(value);
  if (!isObject(parsed)) return refuse('invalid_request', 'claims must be a JSON object.');
  const userinfo = part(parsed.userinfo);
  const idToken = part(parsed.id_token);
  if (userinfo === 'malformed' || idToken === 'malformed')
    return refuse('invalid_request', 'claims.userinfo and claims.id_token must be JSON objects of claim requests.');
  return { ...(userinfo && { userinfo }), ...(idToken && { id_token: idToken }) };
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function part(value: unknown): Record<string, ClaimRequest | null> | undefined | 'malformed' {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) return 'malformed';
  const entries = Object.entries(value);
  return entries.length <= MOST_CLAIMS && entries.every(isClaimEntry) ? Object.fromEntries(entries) : 'malformed';
}

/** @spec OpenID Connect Core §5.5.1 */
function isClaimEntry(entry: [string, unknown]): entry is [string, ClaimRequest | null] {
  const [, request] = entry;
  if (request === null) return true;
  if (!isObject(request)) return false;
  const { essential = false, values = [] } = request;
  return typeof essential === 'boolean' && Array.isArray(values);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
