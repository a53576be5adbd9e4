import { commandFetch, USER_AGENT } from '../http/api.js';
import type { Place } from './place.js';

/**
 * Asks the server's metadata whether a program may send a password there. What cannot be found out counts as yes: the login
 * itself then says what is wrong.
 * @spec RFC 8414 §2
 */
export async function takesPasswords({ config, terminal }: Pick<Place, 'config' | 'terminal'>): Promise<boolean> {
  const fetch = commandFetch(config.env, terminal.tell);
  try {
    const response = await fetch(`${config.values.apiUrl}/.well-known/oauth-authorization-server`, {
      method: 'GET',
      headers: { Accept: 'application/json', 'User-Agent': USER_AGENT },
      redirect: 'manual',
      signal: AbortSignal.timeout(config.values.timeout * 1000),
    });
    const metadata: unknown = JSON.parse(await response.text());
    return !response.ok || offersPasswords(metadata);
  } catch {
    return true;
  }
}

function offersPasswords(metadata: unknown): boolean {
  if (typeof metadata !== 'object' || metadata === null || !('grant_types_supported' in metadata)) return true;
  const { grant_types_supported: grants } = metadata;
  return 'authorization_challenge_endpoint' in metadata || !Array.isArray(grants) || grants.includes('password');
}
