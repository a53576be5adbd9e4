import { OAuthError } from '../protocol/error.js';

const MOST_PAIRS = 200;
// Tab and newline may stand in a password or a state; the rest of the control characters have no business anywhere.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** The name-value pairs of a query string or a form. Broken escapes, broken UTF-8 and control characters are refused, not repaired. */
// @check 67, 268
export function formPairs(text: string): readonly (readonly [string, string])[] {
  if (text === '') return [];
  const parts = text.split('&').filter((part) => part !== '');
  if (parts.length > MOST_PAIRS)
    throw new OAuthError('invalid_request', `At most ${MOST_PAIRS} parameters can be sent.`);
  return parts.map((part) => {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    return [decode(name), decode(value)] as const;
  });
}

function decode(text: string): string {
  const decoded = percentDecode(text.replaceAll('+', ' '));
  if (decoded === undefined)
    throw new OAuthError('invalid_request', 'A parameter has a broken percent escape or is not valid UTF-8.');
  if (CONTROL.test(decoded)) throw new OAuthError('invalid_request', 'A parameter holds a control character.');
  return decoded;
}

function percentDecode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
