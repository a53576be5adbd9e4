import { type ClientFields, clientProblems } from '@authly/admin-api';
import { redirectUriProblem } from '@authly/oauth';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import { invalid } from '../refusal.js';

type Checked = Pick<
  Client,
  | 'type'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'grantTypes'
  | 'authMethod'
  | 'subjectType'
  | 'sectorIdentifierUri'
  | 'jwks'
  | 'jwksUri'
>;

/** Refuses a client whose fields do not go together, new or as a change would leave it. */
export function checkClient(client: Checked): void {
  const problems = [
    ...clientProblems(fieldsOf(client)),
    ...client.postLogoutRedirectUris.flatMap((uri) => {
      const problem = redirectUriProblem(uri, { clientType: client.type });
      return problem === undefined
        ? []
        : [{ field: 'post_logout_redirect_uris', message: `Invalid post logout redirect URI: it ${problem}` }];
    }),
  ];
  if (problems.length > 0) throw invalid(problems);
}

/** Refuses scopes that nobody has defined. */
export async function checkScopesExist(scopes: readonly string[], context: Pick<Context, 'store'>): Promise<void> {
  if (scopes.length === 0) return;
  const known = new Set((await context.store.scopes.all()).map((scope) => scope.name));
  const unknown = scopes.filter((scope) => !known.has(scope));
  if (unknown.length === 0) return;
  throw invalid([{ field: 'scope', message: `Invalid scopes: ${unknown.slice(0, 20).join(', ')}` }]);
}

function fieldsOf(client: Checked): ClientFields {
  return {
    client_type: client.type,
    redirect_uris: client.redirectUris,
    grant_types: client.grantTypes,
    token_endpoint_auth_method: client.authMethod,
    subject_type: client.subjectType,
    sector_identifier_uri: client.sectorIdentifierUri,
    jwks: client.jwks,
    jwks_uri: client.jwksUri,
  };
}
