import { OAuthError } from '../error.js';

/**
 * Nobody's statements are believed here, so a whole one changes nothing. One that is broken or unsigned is refused: its sender relies
 * on it. @spec RFC 7591 §2.3
 */
// @check 241
export function checkSoftwareStatement(statement: unknown): void {
  if (statement === undefined || statement === null) return;
  const [header, payload, signature, ...rest] = typeof statement === 'string' ? statement.split('.') : [];
  const isSigned = signature !== undefined && signature !== '' && rest.length === 0;
  const algorithm = isSigned ? readPart(header)?.['alg'] : undefined;
  if (typeof algorithm === 'string' && algorithm.toLowerCase() !== 'none' && readPart(payload) !== undefined) return;
  throw new OAuthError('invalid_software_statement', 'software_statement is not a signed JWT.');
}

function readPart(part: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
