import { isPreset, PRESETS, type PresetName } from '../../presets/presets.js';
import type { ClientProblem } from './client-rules.js';

/** A creation body that names a preset: what the preset says for it, and what may not be said against it. */

/** Fills in what the body does not say. A body without a preset, or with an unknown one, stays as it is. */
export function fillFromPreset(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('preset' in body) || !isPreset(body.preset)) return body;
  const { scope, ...fields } = PRESETS[body.preset].client;
  const given = Object.entries(body).filter(([, value]) => value !== null && value !== undefined);
  const said = Object.fromEntries(given) as Record<string, unknown>;
  // Two spellings of one thing each: whoever uses either has said it.
  if ('require_pkce' in said) delete fields.pkce;
  const moved = fields.post_logout_redirect_uris?.map((uri) => moveTo(said['redirect_uris'], uri));
  return {
    ...fields,
    ...(moved && { post_logout_redirect_uris: moved }),
    ...('scope' in said || 'scopes' in said || scope === '' ? {} : { scope }),
    ...said,
  };
}

/** Where the software is at another address than usual, people come back from a logout to that one. */
function moveTo(redirectUris: unknown, uri: string): string {
  const [first]: readonly unknown[] = Array.isArray(redirectUris) ? redirectUris : [];
  if (typeof first !== 'string' || !URL.canParse(first)) return uri;
  return uri.replace(new URL(uri).origin, new URL(first).origin);
}

/** Says where a body contradicts what the software of its preset does. */
export function presetProblems(client: {
  readonly preset?: PresetName | undefined;
  readonly client_type: string;
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly token_endpoint_auth_method?: string | undefined;
  readonly scopes: readonly string[];
}): readonly (Omit<ClientProblem, 'field'> & { readonly field: string })[] {
  if (client.preset === undefined) return [];
  const { client: wanted, callbackPath } = PRESETS[client.preset];
  const preset = `The preset ${client.preset}`;
  const isPublic = wanted.client_type === 'public';
  const signsIn = wanted.redirect_uris.length > 0;
  const method = client.token_endpoint_auth_method;
  const missingGrants = (wanted.grant_types ?? ['authorization_code']).filter(
    (grant) => !client.grant_types.includes(grant),
  );
  const others = callbackPath ? client.redirect_uris.filter((uri) => !uri.endsWith(callbackPath)) : [];
  const rules: readonly (readonly [boolean, string, string])[] = [
    [client.client_type !== wanted.client_type, 'client_type', `is for a ${wanted.client_type} client`],
    [!signsIn && client.redirect_uris.length > 0, 'redirect_uris', 'signs nobody in: it takes no redirect URI'],
    [missingGrants.length > 0, 'grant_types', `needs the grant ${missingGrants.join(' and ')}`],
    [others.length > 0, 'redirect_uris', `is for software that people return to at …${callbackPath}`],
    [
      !isPublic && method !== undefined && !method.startsWith('client_secret_'),
      'token_endpoint_auth_method',
      'sends its secret; it knows client_secret_basic and client_secret_post only',
    ],
    [
      wanted.scope.split(' ').includes('openid') && !client.scopes.includes('openid'),
      'scope',
      'signs people in with OpenID Connect: the scope openid must be among its scopes',
    ],
  ];
  return rules.filter(([applies]) => applies).map(([, field, says]) => ({ field, message: `${preset} ${says}` }));
}
