import type { AuditAction } from '../../model/audit-action.js';
import type { RecordedAuditEvent } from '../../model/audit-event.js';
import type { Client } from '../../model/client.js';
import type { Context } from '../../ports/context.js';
import type { RefusalReason } from '../../protocol/refusal-reason.js';
import { AdminRefusal } from '../refusal.js';

/** Why a request was refused, and what would let it through. */
export interface RefusalExplanation {
  readonly event: RecordedAuditEvent;
  readonly client: Client | undefined;
  readonly endpoint: string | undefined;
  readonly error: string | undefined;
  readonly description: string;
  readonly sent: Readonly<Record<string, string>>;
  readonly registeredRedirectUris: readonly string[];
  readonly differences: readonly string[];
  readonly advice: readonly string[];
}

/** Looks the request up in the audit log; @throws AdminRefusal NOT_FOUND when nothing was refused under this id. */
export async function explainRefusal(
  requestId: string,
  context: Pick<Context, 'store' | 'directory'>,
): Promise<RefusalExplanation> {
  const events = await context.store.admin.audit.newest({ requestId, outcome: 'failure' }, { limit: 20 });
  // Events that say most are looked for first; any other failure of the request still says what happened.
  const event = events.find(({ action }) => action === 'request.refused') ?? events[0];
  if (event === undefined)
    throw new AdminRefusal(
      'NOT_FOUND',
      `No refused request with the id ${requestId} is in the audit log. Refusals by limits (429) and faults (5xx) are in the server's log alone.`,
    );
  const client = event.clientId === undefined ? undefined : await context.directory.client(event.clientId);
  const details = event.details ?? {};
  const reason = reasonOf(event);
  const sent = texts(details['sent']);
  const redirects = reason === 'redirect_uri' || reason === 'redirect_uri_missing' ? (client?.redirectUris ?? []) : [];
  return {
    event,
    client,
    endpoint: text(details['endpoint']),
    error: text(details['error']) ?? EVENTS[event.action]?.error,
    description:
      text(details['description']) ?? EVENTS[event.action]?.description ?? text(details['reason']) ?? event.action,
    sent,
    registeredRedirectUris: redirects,
    differences: Array.isArray(details['differences']) ? details['differences'].map(String) : [],
    advice:
      reason === undefined
        ? []
        : ADVICE[reason]({
            client,
            sent: pasteable(sent),
            id: client?.clientId ?? 'CLIENT_ID',
            method: methodOf(event),
          }),
  };
}

/** Refusals that have an event of their own. */
const EVENTS: Readonly<Partial<Record<AuditAction, { readonly error: string; readonly description?: string }>>> = {
  'client.authenticated': { error: 'invalid_client' },
  'code.replayed': { error: 'invalid_grant', description: 'The code was used before.' },
  'refresh_token.reused': { error: 'invalid_grant', description: 'The refresh token was used before.' },
};

/** Advice is pasted into a shell, and anybody can send a request: what a shell could read as more than a word is named, not repeated. */
function pasteable(sent: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(sent).map(([name, value]) => [
      name,
      (name === 'grant_type' ? /^[\w:.-]+$/ : /^[\w.~:/?=&%+ -]*$/).test(value) ? value : name.toUpperCase(),
    ]),
  );
}

function methodOf({ details = {} }: RecordedAuditEvent): string | undefined {
  return /, not (\w+)$/.exec(text(details['reason']) ?? '')?.[1];
}

function reasonOf({ action, details = {} }: RecordedAuditEvent): RefusalReason | undefined {
  const reason = text(details['reason']);
  if (action === 'code.replayed') return 'code_used';
  if (action === 'refresh_token.reused') return 'refresh_token';
  if (action === 'client.authenticated')
    return reason?.startsWith('the client is registered for ') === true ? 'client_auth_method' : 'client_secret';
  return reason !== undefined && reason in ADVICE ? (reason as RefusalReason) : undefined;
}

interface Facts {
  readonly client: Client | undefined;
  readonly sent: Readonly<Record<string, string>>;
  readonly id: string;
  /** How the client proved itself, where it was registered for another way. */
  readonly method: string | undefined;
}

const update = (id: string, options: string): string => `authly admin client update ${id} ${options}`;

const ADVICE: Readonly<Record<RefusalReason, (facts: Facts) => readonly string[]>> = {
  client_unknown: ({ client, id }) =>
    client === undefined
      ? ['Compare the client_id of the application with: authly admin client list']
      : [`The client is switched off. Switch it on: ${update(id, '--activate')}`],
  client_secret: ({ id }) => [
    'Compare client_id and secret of the application with what was registered; a space or a line end at the end counts.',
    `If the secret is lost: authly admin client regenerate-secret ${id}`,
  ],
  client_auth_method: ({ id, method }) => [
    'Let the application send its secret in the way that the client is registered for,',
    `or register it for the other: ${update(id, `--auth-method ${method ?? 'METHOD'}`)}`,
  ],
  redirect_uri: ({ sent, id }) => [
    'Let the application send a registered address, character by character,',
    `or register this one: ${update(id, `--add-redirect-uri "${sent['redirect_uri'] ?? 'URI'}"`)}`,
  ],
  resource_unknown: ({ sent }) => [
    'The access token would be for an API that is not registered here. Register it:',
    `authly admin resource create "${sent['resource'] ?? 'RESOURCE'}" --name NAME --scope SCOPE --default-scope SCOPE --open`,
  ],
  resource_not_allowed: ({ sent, id }) => [
    'The API is registered, but not for this client, or the person did not allow it. Let the client ask for it:',
    `authly admin resource update "${sent['resource'] ?? 'RESOURCE'}" --add-client ${id}`,
  ],
  resource_several: () => ['The application must name one resource in each token request: resource=ADDRESS.'],
  registration_off: () => [
    'A program wanted to register itself, which nobody may here. Register an API that strangers may come for:',
    'authly admin resource create ADDRESS --name NAME --scope SCOPE --default-scope SCOPE --open',
    'or let them register whatever there is: AUTHLY_CLIENTS_REGISTRATION=native',
  ],
  redirect_uri_missing: () => ['The application must send redirect_uri, one of the registered addresses.'],
  pkce_missing: ({ client, id }) => [
    'Switch on PKCE with S256 in the application; nearly every library has a setting for it.',
    ...(client?.type === 'confidential' && client.pkce === 'required'
      ? [`If it has none: ${update(id, '--pkce or_nonce')} admits a nonce instead, --pkce off neither.`]
      : []),
    ...(client?.type === 'confidential' && client.pkce === 'or_nonce'
      ? [`If it has none: let it send a nonce with the scope openid, or ${update(id, '--pkce off')}`]
      : []),
  ],
  scope_unknown: () => [
    'Compare the scope with: authly admin scope list',
    'A new one: authly admin scope create --name NAME',
  ],
  scope_not_allowed: ({ client, sent, id }) => [
    'Let the application ask for less,',
    `or allow it: ${update(id, `--scope "${allowed(client, sent)}"`)}`,
  ],
  grant_not_allowed: ({ client, sent, id }) => [
    `Allow it, if the application is to have it: ${update(
      id,
      [...(client?.grantTypes ?? []), sent['grant_type'] ?? 'authorization_code']
        .map((type) => `--grant-type ${type}`)
        .join(' '),
    )}`,
  ],
  password_grant_off: () => [
    'Log in by browser or device code; or start the server with AUTHLY_PASSWORD_GRANT_ENABLED=true.',
  ],
  response_type: () => ['Let the application ask for response_type=code. Implicit and hybrid flow are not offered.'],
  code_used: () => [
    'The application sent the same code twice, often by a reload of the redirect or two copies of it side by side. Start the login again.',
  ],
  code_unknown: () => ['The code belongs to another client, or to another server. Start the login again.'],
  code_expired: () => [
    'The code came too late. Compare the clocks, and what holds the application up. Start the login again.',
  ],
  code_redirect_uri: () => ['Send the same redirect_uri to the token endpoint as in the authorization request.'],
  code_verifier: () => [
    'The application must keep the code_verifier between the two requests: one per login, in the session of this browser.',
  ],
  refresh_token: () => [
    'The login has ended: the person logs in again.',
    'A refresh token that comes twice ends it as well: the application must keep the newest one.',
  ],
  dpop_missing: ({ client, id }) => [
    'Switch on DPoP in the application: each request needs a DPoP header with a proof of the key that the login began with.',
    ...(client?.dpopBoundAccessTokens === true
      ? [`If it cannot: ${update(id, '--no-dpop-bound-access-tokens')}`]
      : ['If it cannot, let it log in again without DPoP.']),
  ],
  dpop_proof: () => [
    'The proof must be made for this very request: htm its method, htu the public address of the server, a new jti each time.',
    'Behind a proxy, compare htu with AUTHLY_ISSUER: the Host header is not looked at.',
  ],
  par_missing: ({ client, id }) => [
    'Let the application push its authorization requests; many libraries do it by themselves when the client demands it.',
    client?.requirePushedAuthorizationRequests === true
      ? `If it cannot: ${update(id, '--no-require-pushed-authorization-requests')}`
      : 'The server demands it of every client (AUTHLY_REQUIRE_PAR).',
  ],
  request_uri: () => [
    'Start the sign-in again in the application. An address that stands for a request is good for 90 seconds, for one sign-in and for its own client.',
  ],
  dpop_key: () => [
    'The application has lost the key that the login began with, or made another one: it must keep the key as long as its tokens.',
    'The person logs in again.',
  ],
};

function allowed(client: Client | undefined, sent: Readonly<Record<string, string>>): string {
  return [...new Set([...(client?.scopes ?? []), ...(sent['scope'] ?? '').split(' ')])].filter(Boolean).join(' ');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
