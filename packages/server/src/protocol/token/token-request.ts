import { type GrantType, isGrantType, type Parameters } from '@authly/oauth';
import type { RequestOrigin } from '../../model/audit-event.js';
import { OAuthError } from '../error.js';

/** Every parameter that the token endpoint knows; each may come once. */
export const TOKEN_PARAMETERS: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
  'username',
  'password',
  'otp',
  'device_code',
]);

/** A request to the token endpoint, read but not yet believed. */
export interface TokenRequest {
  readonly form: Parameters;
  readonly authorization: string | undefined;
  readonly origin: RequestOrigin;
}

/** The grant that a request asks for. @spec RFC 6749 §5.2 */
// @check 127, 130
export function grantTypeOf(form: Parameters): GrantType {
  if (form.repeated.length > 0)
    throw new OAuthError('invalid_request', `The parameter ${form.repeated[0]} was sent more than once.`);
  const name = form.values.get('grant_type');
  if (name === undefined) throw new OAuthError('invalid_request', 'The parameter grant_type is missing.');
  if (!isGrantType(name))
    throw new OAuthError(
      'unsupported_grant_type',
      'This grant_type is not supported. The discovery document lists those that are.',
    );
  return name;
}

/** A parameter that the grant cannot do without. */
export function required(form: Parameters, name: string): string {
  const value = form.values.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
  return value;
}
