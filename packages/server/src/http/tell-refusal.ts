import { addressRange } from '../identity/places.js';
import { AuthorizationError } from '../protocol/authorize/authorization-error.js';
import { readBasic } from '../protocol/client/read-credentials.js';
import { OAuthError } from '../protocol/error.js';
import type { Context } from '../ports/context.js';
import { formPairs } from './form.js';
import type { Incoming } from './incoming.js';
import type { AskedEndpoint } from '../protocol/endpoints/endpoint.js';

interface Logger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What an application gets in the course of things: it asks again, or asks the person. */
const ORDINARY = new Set<string>([
  'authorization_pending',
  'slow_down',
  'login_required',
  'consent_required',
  'interaction_required',
  'account_selection_required',
  'access_denied',
  'mfa_required',
  'use_dpop_nonce',
  'insufficient_authorization',
  'redirect_to_web',
  'temporarily_unavailable',
]);

/** Parameters that help to understand a refusal, and are no secrets. */
const TOLD = [
  'redirect_uri',
  'response_type',
  'response_mode',
  'grant_type',
  'scope',
  'resource',
  'code_challenge_method',
] as const;
const LONGEST = 300;

/** Events that strangers can make us store in a minute: from one address range, and in all. */
const FROM_ONE = 30;
const IN_ALL = 300;

/**
 * Tells the operator why an application was refused: a line in the log for each, and an event that is found by the id of the request, as
 * long as they are not too many.
 */
export function createRefusalTeller(
  context: Pick<Context, 'audit' | 'limiter'>,
  logger: Logger,
): (error: unknown, endpoint: AskedEndpoint, request: Incoming) => Promise<void> {
  return async (error, endpoint, request) => {
    if (!(error instanceof OAuthError || error instanceof AuthorizationError)) return;
    if (ORDINARY.has(error.code) || ('status' in error && (error.status === 429 || error.status >= 500))) return;
    const { origin } = request;
    const { clientId, sent } = read(request);
    const { code, description, reason } = error;
    const redirect = error instanceof OAuthError ? error.redirect : undefined;
    const fields = { requestId: origin.requestId, endpoint, client_id: clientId, error: code, description };
    logger.warn(
      { ...fields, ...(redirect && { redirect_uri: shorten(withoutPassword(redirect.sent)) }) },
      'a request was refused',
    );
    if ('isRecorded' in error && error.isRecorded) return;
    try {
      if (!(await hasRoom(origin.ip, context))) return;
      await context.audit.record(
        {
          action: 'request.refused',
          outcome: 'failure',
          actor: { type: 'anonymous' },
          clientId,
          details: {
            endpoint,
            error: code,
            description,
            ...(reason && { reason }),
            ...(Object.keys(sent).length > 0 && { sent }),
            ...(redirect?.nearest && {
              registered: redirect.nearest.registered,
              differences: redirect.nearest.differences,
            }),
          },
        },
        origin,
      );
    } catch (err) {
      logger.error({ err, requestId: origin.requestId }, 'a refusal could not be recorded');
    }
  };
}

/** Counts the refusal; what is beyond the limits is in the log alone. Whoever asks too often uses up nothing that others need. */
async function hasRoom(ip: string | undefined, { limiter }: Pick<Context, 'limiter'>): Promise<boolean> {
  const limits = [
    { key: `refusals-from:${addressRange(ip)}`, points: FROM_ONE },
    { key: 'refusals', points: IN_ALL },
  ];
  for (const limit of limits) if (!(await limiter.consume({ ...limit, windowSeconds: 60 })).allowed) return false;
  return true;
}

function read(request: Incoming): {
  readonly clientId: string | undefined;
  readonly sent: Readonly<Record<string, string>>;
} {
  const values = readableValues(request);
  const sent = TOLD.flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, shorten(withoutPassword(value))]];
  });
  const clientId = values.get('client_id') ?? nameInBasic(request.header('authorization'));
  return { clientId: clientId?.slice(0, 255), sent: Object.fromEntries(sent) as Record<string, string> };
}

/** The first value of each parameter; none where the request was refused because it cannot be read. */
function readableValues(request: Incoming): ReadonlyMap<string, string> {
  const isForm = request.contentType === 'application/x-www-form-urlencoded';
  try {
    const pairs = [...formPairs(isForm && request.body !== '' ? request.body : request.query)];
    return new Map(pairs.toReversed());
  } catch (error) {
    if (error instanceof OAuthError) return new Map();
    throw error;
  }
}

/** What was cut can be seen to be. */
function shorten(value: string): string {
  return value.length <= LONGEST ? value : `${value.slice(0, LONGEST)}…`;
}

function withoutPassword(value: string): string {
  return value.replace(/^([a-z][a-z0-9+.-]{0,40}:\/\/)[^/?#]{0,1000}@/i, '$1');
}

/** The name that a client gives in the header, decoded as where it is authenticated; none of a header that cannot be read. */
function nameInBasic(header: string | undefined): string | undefined {
  try {
    return header === undefined ? undefined : readBasic(header)?.[0].clientId;
  } catch {
    return undefined;
  }
}
