/** What a person pastes when the browser cannot come back by itself. */
import type { AuthorizationServer } from '../discovery.js';
import type { AuthorizationRequest } from './authorization-request.js';

/**
 * Reads a pasted address, query, `code#state` or bare code; `undefined` for anything else, and for the answer to another login. A bare code needs no state:
 * the person chose it, and PKCE ties it to this login.
 *
 * @example
 * ```ts
 * const answer = parsePastedAnswer('the-code#the-state', request, connection.server);
 * if (answer) await finishAuthorization(connection, request, answer);
 * ```
 */
export function parsePastedAnswer(
  text: string,
  request: AuthorizationRequest,
  server: AuthorizationServer,
): URLSearchParams | undefined {
  const pasted = text.trim();
  const answer = readAnswer(pasted, request);
  if (!answer?.get('code') && !answer?.get('error')) return undefined;
  if (answer.get('state') !== request.state) return undefined;
  // A code alone cannot say which server it comes from; the address does, and is then checked like a callback.
  if (!isAddress(pasted)) answer.set('iss', server.issuer);
  return answer;
}

function readAnswer(pasted: string, request: AuthorizationRequest): URLSearchParams | undefined {
  if (URL.canParse(pasted) && /^https?:/i.test(pasted)) return new URL(pasted).searchParams;
  if (pasted.includes('=')) return new URLSearchParams(pasted.replace(/^[?#]/, ''));
  const [code, state = request.state, ...rest] = pasted.split('#');
  if (!code || rest.length > 0 || !/^[\x21-\x7e]{4,2048}$/.test(code)) return undefined;
  return new URLSearchParams({ code, state });
}

function isAddress(pasted: string): boolean {
  return pasted.includes('=');
}
