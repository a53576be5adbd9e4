import {
  AUTHORIZATION_CHALLENGE,
  type ClientMetadataField,
  type ClientMetadataRecord,
  isNativeRedirect,
  readClientMetadata,
  redirectUriProblem,
  writeClientMetadata,
} from '@authly/oauth';

/** A client by the names of its fields; a stored one with a change applied fits as well as a new one. */
export type ClientFields = { readonly client_type: 'confidential' | 'public' } & {
  readonly [Field in ClientMetadataField]?: unknown;
};

type Client = ClientMetadataRecord & Pick<ClientFields, 'client_type'>;

export interface ClientProblem {
  readonly field: ClientMetadataField;
  readonly message: string;
}

/**
 * Says what is wrong with a client as a whole, beyond the form of each field: first what matters most. The creation body checks
 * it; whoever changes a client must check the result of the change.
 * @spec OAuth 2.1 §2, OpenID Connect Registration §2, §5
 */
export function clientProblems(fields: ClientFields): readonly ClientProblem[] {
  const { client_type } = fields;
  const client: Client = { ...writeClientMetadata(readClientMetadata(fields, client_type)), client_type };
  return [...redirects(client), ...authentication(client), ...grants(client), ...subject(client), ...trust(client)];
}

function redirects(client: Client): ClientProblem[] {
  if (client.grant_types.includes('authorization_code') && client.redirect_uris.length === 0)
    return [
      { field: 'redirect_uris', message: 'At least one redirect URI is required for the authorization code grant' },
    ];
  return [
    ...client.redirect_uris.flatMap((uri) => {
      const problem = redirectUriProblem(uri, { clientType: client.client_type });
      return problem
        ? [{ field: 'redirect_uris' as const, message: `Invalid redirect URI: ${quoted(uri)} ${problem}` }]
        : [];
    }),
    ...client.post_logout_redirect_uris.flatMap((uri) => {
      const problem = redirectUriProblem(uri, { clientType: client.client_type });
      return problem
        ? [{ field: 'post_logout_redirect_uris' as const, message: `Invalid post logout redirect URI: it ${problem}` }]
        : [];
    }),
  ];
}

function authentication(client: Client): ClientProblem[] {
  const method = client.token_endpoint_auth_method;
  if (client.client_type === 'public' && client.pkce !== 'required')
    return [{ field: 'pkce', message: 'A public client has no secret: its pkce must be required' }];
  if (client.client_type === 'public' && method !== 'none')
    return [
      { field: 'token_endpoint_auth_method', message: "Public clients must use token_endpoint_auth_method 'none'" },
    ];
  if (client.client_type === 'confidential' && method === 'none')
    return [
      {
        field: 'token_endpoint_auth_method',
        message: "Confidential clients cannot use token_endpoint_auth_method 'none'",
      },
    ];
  if (client.jwks && client.jwks_uri) return [{ field: 'jwks', message: 'jwks and jwks_uri must not both be set' }];
  if (method === 'private_key_jwt' && !client.jwks && !client.jwks_uri)
    return [{ field: 'jwks', message: 'private_key_jwt needs the public keys of the client: jwks or jwks_uri' }];
  return [];
}

function grants(client: Client): ClientProblem[] {
  // @spec RFC 7591 §2.1
  if (client.grant_types.includes('authorization_code') && !client.response_types.includes('code'))
    return [{ field: 'response_types', message: 'The authorization code grant needs the response type code' }];
  if (client.client_type === 'public' && client.grant_types.includes('client_credentials'))
    return [{ field: 'grant_types', message: 'A public client has no secret and cannot use client_credentials' }];
  // Its codes are redeemed, and its logins go on in a browser, as those of the code flow are.
  if (client.grant_types.includes(AUTHORIZATION_CHALLENGE) && !client.grant_types.includes('authorization_code'))
    return [{ field: 'grant_types', message: `${AUTHORIZATION_CHALLENGE} needs authorization_code beside it` }];
  return [];
}

function subject(client: Client): ClientProblem[] {
  if (client.subject_type !== 'pairwise' || client.sector_identifier_uri) return [];
  const hosts = new Set(client.redirect_uris.map((uri) => (URL.canParse(uri) ? new URL(uri).host : uri)));
  if (hosts.size <= 1) return [];
  return [
    {
      field: 'sector_identifier_uri',
      message: 'subject_type pairwise with redirect URIs on several hosts needs sector_identifier_uri',
    },
  ];
}

// Any program on the device can stand behind such an address, so nobody is sent to it unasked. @spec RFC 8252 §8.6
function trust(client: Client): ClientProblem[] {
  if (!client.first_party || client.client_type !== 'public' || !client.redirect_uris.some(isNativeRedirect)) return [];
  return [
    {
      field: 'first_party',
      message:
        'A public client with a loopback or custom-scheme redirect URI cannot be first_party: anybody can pose as it',
    },
  ];
}

// What somebody typed goes back to them, but never raw into a terminal or a log.
function quoted(value: string): string {
  const safe = value.replace(/[^\x20-\x7e]/g, '?');
  return `'${safe.length > 120 ? `${safe.slice(0, 117)}...` : safe}'`;
}
