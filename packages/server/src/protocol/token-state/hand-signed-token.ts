import type { IntrospectionResponse } from '@authly/oauth';
import type { Context } from '../../ports/context.js';
import { numericDate } from '../numeric-date.js';

/**
 * Reads an HS256 token that someone signed by hand with JWT_SECRET_KEY, for scripts that test a resource server. It is active
 * while signature and exp hold. It counts for introspection alone; nothing else takes it.
 */
export async function readHandSigned(
  token: string,
  context: Pick<Context, 'settings' | 'hashing' | 'clock' | 'store'>,
): Promise<IntrospectionResponse> {
  const key = context.settings['secrets.jwt_secret_key'];
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  if (key === undefined || rest.length > 0 || token.length > 8192) return { active: false };
  if (
    object(header)?.alg !== 'HS256' ||
    !context.hashing.equal(context.hashing.hs256(key, `${header}.${payload}`), signature)
  )
    return { active: false };
  const claims = object(payload);
  const exp = numericDate(claims?.exp);
  if (!claims || exp === undefined || exp <= context.clock.now()) return { active: false };
  // An id of a token that we issued ourselves is answered by its own record, never by this door.
  const jti = typeof claims.jti === 'string' ? claims.jti : undefined;
  if (jti !== undefined && (await context.store.accessTokens.find(jti, exp))) return { active: false };
  const text = (name: string): Record<string, unknown> =>
    typeof claims[name] === 'string' ? { [name]: claims[name] } : {};
  const time = (name: string): Record<string, unknown> =>
    typeof claims[name] === 'number' ? { [name]: claims[name] } : {};
  return {
    active: true,
    scope: typeof claims.scope === 'string' ? claims.scope : '',
    token_type: 'Bearer',
    ...text('client_id'),
    ...text('username'),
    ...text('sub'),
    ...text('aud'),
    ...text('iss'),
    ...text('jti'),
    ...time('exp'),
    ...time('iat'),
    ...time('nbf'),
  };
}

function object(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
