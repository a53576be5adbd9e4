import { AUTHORIZATION_CHALLENGE, redirectUriProblem } from '@authly/oauth';

/** The fields that the rules of a client look at; a stored client with a change applied fits as well as a new one. */
export interface ClientFields {
  readonly client_type: 'confidential' | 'public';
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method: string;
  readonly subject_type: 'public' | 'pairwise';
  readonly sector_identifier_uri?: string | null | undefined;
  readonly jwks?: unknown;
  readonly jwks_uri?: string | null | undefined;
}

export interface ClientProblem {
  readonly field: keyof ClientFields;
  readonly message: string;
}

/**
 * Says what is wrong with a client as a whole, beyond the form of each field: first what matters most. The creation body checks
 * it; whoever changes a client must check the result of the change.
 * @spec OAuth 2.1 §2, OpenID Connect Registration §2, §5
 */
export function clientProblems(client: ClientFields): readonly ClientProblem[] {
  return [...redirects(client), ...authentication(client), ...grants(client), ...subject(client)];
}

function redirects(client: ClientFields): ClientProblem[] {
  if (client.grant_types.includes('authorization_code') && client.redirect_uris.length === 0)
    return [
      { field: 'redirect_uris', message: 'At least one redirect URI is required for the authorization code grant' },
    ];
  return client.redirect_uris.flatMap((uri) => {
    const problem = redirectUriProblem(uri, { clientType: client.client_type });
    return problem
      ? [{ field: 'redirect_uris' as const, message: `Invalid redirect URI: ${quoted(uri)} ${problem}` }]
      : [];
  });
}

function authentication(client: ClientFields): ClientProblem[] {
  const method = client.token_endpoint_auth_method;
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

function grants(client: ClientFields): ClientProblem[] {
  if (client.client_type === 'public' && client.grant_types.includes('client_credentials'))
    return [{ field: 'grant_types', message: 'A public client has no secret and cannot use client_credentials' }];
  // Its codes are redeemed, and its logins go on in a browser, as those of the code flow are.
  if (client.grant_types.includes(AUTHORIZATION_CHALLENGE) && !client.grant_types.includes('authorization_code'))
    return [{ field: 'grant_types', message: `${AUTHORIZATION_CHALLENGE} needs authorization_code beside it` }];
  return [];
}

function subject(client: ClientFields): ClientProblem[] {
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

// What somebody typed goes back to them, but never raw into a terminal or a log.
function quoted(value: string): string {
  const safe = value.replace(/[^\x20-\x7e]/g, '?');
  return `'${safe.length > 120 ? `${safe.slice(0, 117)}...` : safe}'`;
}
