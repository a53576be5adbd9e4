import { type GrantType, isGrantType, type Parameters } from '@authly/oauth';
import { OAuthError } from '../error.js';
import { readResources } from '../resource/read-resources.js';
import { scopeParameter } from './scope-parameter.js';

/** What each grant is asked with. */
export interface TokenRequests {
  readonly authorization_code: {
    readonly code: string;
    readonly redirectUri?: string;
    readonly codeVerifier?: string;
    readonly resources: readonly string[];
  };
  readonly refresh_token: Asked & { readonly refreshToken: string };
  readonly client_credentials: Asked;
  readonly password: Asked & { readonly username: string; readonly password: string; readonly otp?: string };
  readonly 'urn:ietf:params:oauth:grant-type:device_code': {
    readonly deviceCode: string;
    readonly resources: readonly string[];
  };
}

interface Asked {
  /** `undefined`: nothing was asked for. */
  readonly scopes: readonly string[] | undefined;
  readonly resources: readonly string[];
}

/** How each is read from the form. */
export const TOKEN_REQUESTS: { readonly [Type in GrantType]: (form: Parameters) => TokenRequests[Type] } = {
  authorization_code: (form) => ({
    code: required(form, 'code'),
    redirectUri: form.values.get('redirect_uri'),
    codeVerifier: form.values.get('code_verifier'),
    resources: readResources(form.lists.get('resource')),
  }),
  refresh_token: (form) => ({ refreshToken: required(form, 'refresh_token'), ...asked(form) }),
  client_credentials: asked,
  password: (form) => ({
    username: required(form, 'username'),
    password: required(form, 'password'),
    otp: form.values.get('otp'),
    ...asked(form),
  }),
  'urn:ietf:params:oauth:grant-type:device_code': (form) => ({
    deviceCode: required(form, 'device_code'),
    resources: readResources(form.lists.get('resource')),
  }),
};

function asked(form: Parameters): Asked {
  return { scopes: scopeParameter(form), resources: readResources(form.lists.get('resource')) };
}

/** The grant that a request asks for. @spec RFC 6749 §5.2 */
// @check 127, 130
export function grantTypeOf(form: Parameters): GrantType {
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
