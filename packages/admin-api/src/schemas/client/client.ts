import { z } from 'zod';
import { PRESET_NAMES } from '../../presets/presets.js';
import {
  clientChangeFields,
  clientCreationFields,
  clientReplyFields,
  oidcChangeFields,
  oidcReplyFields,
  withDefaultsOfType,
} from './client-fields.js';
import { clientProblems } from './client-rules.js';
import { fillFromPreset, presetProblems } from './preset-fields.js';
import { defaulted, message, optional, queryFlag, queryLimit, queryOffset, scopeInput, time } from '../fields.js';

/** Bodies and answers of /admin/clients: the metadata from its table, and what a client is besides. @spec surface §1.11, §4 */

const CLIENT_TYPES = 'client_type must be confidential or public';
const clientType = z.enum(['confidential', 'public'], { error: CLIENT_TYPES });

const creation = z
  .object({
    ...clientCreationFields,
    client_type: optional(clientType).describe('Required, unless a preset says it.'),
    preset: optional(
      z.enum(PRESET_NAMES, { error: `preset must be one of ${PRESET_NAMES.join(', ')}` }).meta({
        description:
          'Software that it is for: says what the other fields do not, and answers the files for that software.',
      }),
    ),
    require_pkce: optional(z.boolean()),
    scope: optional(scopeInput),
    scopes: optional(scopeInput),
  })
  .transform(({ scope, scopes, require_pkce, client_type, ...rest }, context) => {
    if (client_type === undefined) {
      context.addIssue({ code: 'custom', path: ['client_type'], message: CLIENT_TYPES });
      return z.NEVER;
    }
    return {
      ...withDefaultsOfType({ ...rest, client_type, pkce: rest.pkce ?? pkceOf(require_pkce) }),
      scopes: [...new Set([...(scope ?? []), ...(scopes ?? [])])],
    };
  })
  .superRefine((client, context) => {
    for (const problem of [...presetProblems(client), ...clientProblems(client)])
      context.addIssue({ code: 'custom', path: [problem.field], message: problem.message });
  });

/** The body that creates a client. Unknown keys are ignored, null means "not given"; a preset says what is not given. */
export const clientCreation = z.preprocess(fillFromPreset, creation) as z.ZodType<
  z.output<typeof creation>,
  z.input<typeof creation>
>;

/**
 * The body that changes a client: what is missing stays, null clears what can be absent. Whoever applies it checks the result
 * with `clientProblems`. A client_type other than the present one is refused by the server.
 */
export const clientChange = z
  .object({
    ...clientChangeFields,
    client_type: optional(clientType),
    is_active: optional(z.boolean()),
    /** `admin`: an administrator answers for it from now on; it is no stranger any more. */
    origin: optional(z.literal('admin', { error: 'origin can be changed to admin only' })),
    require_pkce: optional(z.boolean()),
    scope: optional(scopeInput),
    scopes: optional(scopeInput),
  })
  .transform(({ scope, scopes, require_pkce, ...rest }) => ({
    ...rest,
    pkce: rest.pkce ?? pkceOf(require_pkce),
    scopes: scope || scopes ? [...new Set([...(scope ?? []), ...(scopes ?? [])])] : undefined,
  }));

/** The older spelling of `pkce`. */
function pkceOf(require_pkce: boolean | undefined): 'required' | 'or_nonce' | undefined {
  return require_pkce === undefined ? undefined : require_pkce ? 'required' : 'or_nonce';
}

/** The body that changes OpenID Connect settings. */
export const clientOidcChange = z.object(oidcChangeFields);

/** A client as every answer shows it: never a secret, never a hash. */
export const client = z.object({
  ...clientReplyFields,
  id: z.string(),
  client_id: z.string(),
  client_type: clientType,
  is_active: z.boolean(),
  /** Who made it: an administrator, the client itself, or whoever publishes the document that its id points to. */
  origin: z.enum(['admin', 'registered', 'document']),
  /** Of a client that made itself: about when it was last used; null while it never was. */
  last_used_at: time.nullable(),
  /** Made by the server itself; it can't be deleted, deactivated or given another type. */
  is_system: z.boolean(),
  /** The older spelling of `pkce`: whether that is `required`. */
  require_pkce: z.boolean(),
  /** Every method that it may use; several where token_endpoint_auth_method was not set. */
  token_endpoint_auth_methods: z.array(z.string()),
  /** The assigned scopes with spaces between them. */
  scope: z.string().nullable(),
  assigned_scopes: z.array(z.string()),
  /** When a replaced secret stops working; null while only one works. */
  previous_secret_expires_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

/** What to tell the software that a preset is for. */
const presetReply = z.object({
  name: z.string(),
  title: z.string(),
  files: z.array(z.object({ path: z.string(), language: z.string(), text: z.string() })),
  notes: z.array(z.string()),
});

/**
 * The answer to a creation: the client, and its secret for this one time (null for a client without one), which the files of a preset
 * hold as well.
 */
export const createdClient = client.extend({ client_secret: z.string().nullable(), preset: presetReply.optional() });

export const clientListQuery = z.object({
  limit: queryLimit(1000, 100),
  offset: queryOffset('offset'),
  include_inactive: queryFlag,
  /** Part of a name or of a client id. */
  search: z.string().max(255).optional(),
  origin: z
    .enum(['admin', 'registered', 'document'], { error: 'origin must be admin, registered or document' })
    .optional(),
});

export const clientParams = z.object({ client_id: z.string().min(1).max(255) });

export const secretRegeneration = z
  .object({
    overlap_seconds: defaulted(
      z.int().min(0, 'overlap_seconds must not be negative').max(2_592_000, 'overlap_seconds must be at most 30 days'),
      0,
    ),
  })
  .nullish()
  .transform((body) => body ?? { overlap_seconds: 0 });

export const regeneratedSecret = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  /** The same value; older clients read this name. */
  new_secret: z.string(),
  client_type: clientType,
  client_name: z.string(),
  previous_secret_expires_at: time.nullable(),
  message,
});

export const registrationTokenCreation = z.object({
  uses: defaulted(z.int().min(1, 'uses must be at least 1').max(100_000, 'uses must be at most 100000'), 1),
  expires_in_seconds: defaulted(
    z
      .int()
      .min(60, 'expires_in_seconds must be at least 60')
      .max(31_536_000, 'expires_in_seconds must be at most a year'),
    86_400,
  ),
});

/** With which a client registers; shown this one time. */
export const createdRegistrationToken = z.object({
  id: z.string(),
  registration_token: z.string(),
  uses: z.int(),
  expires_at: time,
});

/** With which one client manages its registration; shown this one time. */
export const resetRegistrationToken = z.object({ client_id: z.string(), registration_access_token: z.string() });

export const deletedClient = z.object({ client_id: z.string(), message });

export const clientOidc = z.object({
  ...oidcReplyFields,
  client_id: z.string(),
  client_name: z.string(),
  is_oidc_client: z.boolean(),
  oidc_scopes: z.array(z.string()),
});

export const changedClientOidc = z.object({ client_id: z.string(), message, updated_fields: z.array(z.string()) });

export const algorithms = z.object({
  supported_algorithms: z.array(z.object({ algorithm: z.string(), description: z.string(), default: z.boolean() })),
  subject_types: z.array(z.object({ type: z.string(), description: z.string(), default: z.boolean() })),
});
