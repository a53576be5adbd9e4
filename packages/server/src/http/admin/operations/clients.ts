import { SIGNING_ALGORITHMS } from '@authly/oauth';
import { changeClient } from '../../../admin/clients/change-client.js';
import { createClient } from '../../../admin/clients/create-client.js';
import { findClient } from '../../../admin/clients/find-client.js';
import { removeClient } from '../../../admin/clients/remove-client.js';
import { createRegistrationToken, resetRegistrationToken } from '../../../admin/clients/registration-token.js';
import { regenerateSecret } from '../../../admin/clients/secret.js';
import type { Handlers } from '../operation.js';
import { clientOidcReply, clientReply, presetReply } from '../wire/client.js';
import { iso, isoOrNull } from '../wire/time.js';

/** Clients and their OpenID Connect settings. */
export const clientHandlers: Handlers<
  | 'listClients'
  | 'createClient'
  | 'createRegistrationToken'
  | 'resetRegistrationToken'
  | 'listAlgorithms'
  | 'getClient'
  | 'updateClient'
  | 'deleteClient'
  | 'regenerateClientSecret'
  | 'getClientOidc'
  | 'updateClientOidc'
> = {
  async listClients({ query }, { context }) {
    const { limit, offset, search, origin } = query;
    const includeInactive = query.include_inactive ?? false;
    const page = await context.store.admin.clients.page({ limit, offset, includeInactive, search, origin });
    const now = context.clock.now();
    return { reply: page.clients.map((client) => clientReply(client, now)), total: page.total };
  },

  async createClient({ body, actor }, { context }) {
    const { client, secret } = await createClient(body, actor, context);
    const preset = body.preset && presetReply(body.preset, { client, secret, issuer: context.settings.issuer });
    const reply = { ...clientReply(client, context.clock.now()), client_secret: secret ?? null, preset };
    return { reply, version: client.version };
  },

  async createRegistrationToken({ body, actor }, { context }) {
    const { id, token, uses, expiresAt } = await createRegistrationToken(body, actor, context);
    return { reply: { id, registration_token: token, uses, expires_at: iso(expiresAt) } };
  },

  async resetRegistrationToken({ params, actor }, { context }) {
    const token = await resetRegistrationToken(params.client_id, actor, context);
    return { reply: { client_id: params.client_id, registration_access_token: token } };
  },

  async listAlgorithms() {
    return {
      reply: {
        supported_algorithms: SIGNING_ALGORITHMS.map((algorithm) => ({
          algorithm,
          description: ALGORITHMS[algorithm],
          default: algorithm === 'RS256',
        })),
        subject_types: [
          { type: 'public', description: 'Every client sees the same subject for a person', default: true },
          { type: 'pairwise', description: 'Every sector sees a subject of its own for a person', default: false },
        ],
      },
    };
  },

  async getClient({ params }, { context }) {
    const client = await findClient(params.client_id, context);
    return { reply: clientReply(client, context.clock.now()), version: client.version };
  },

  async updateClient({ params, body, actor, ifVersion }, { context }) {
    const { client } = await changeClient({ clientId: params.client_id, body, ifVersion }, actor, context);
    return { reply: clientReply(client, context.clock.now()), version: client.version };
  },

  async deleteClient({ params, actor, ifVersion }, { context }) {
    await removeClient({ clientId: params.client_id, ifVersion }, actor, context);
    return { reply: { client_id: params.client_id, message: 'Client deleted; its tokens no longer work' } };
  },

  async regenerateClientSecret({ params, body, actor }, { context }) {
    const request = { clientId: params.client_id, overlapSeconds: body.overlap_seconds };
    const { client, secret, previousExpiresAt } = await regenerateSecret(request, actor, context);
    return {
      reply: {
        client_id: client.clientId,
        client_secret: secret,
        new_secret: secret,
        client_type: client.type,
        client_name: client.name,
        previous_secret_expires_at: isoOrNull(previousExpiresAt),
        message: 'Client secret regenerated; it is shown this one time',
      },
    };
  },

  async getClientOidc({ params }, { context }) {
    const client = await findClient(params.client_id, context);
    return { reply: clientOidcReply(client), version: client.version };
  },

  async updateClientOidc({ params, body, actor, ifVersion }, { context }) {
    const { client, fields } = await changeClient({ clientId: params.client_id, body, ifVersion }, actor, context);
    return {
      reply: { client_id: client.clientId, message: 'OpenID Connect settings updated', updated_fields: [...fields] },
      version: client.version,
    };
  },
};

const ALGORITHMS = {
  RS256: 'RSA with SHA-256, PKCS #1 padding: understood everywhere',
  ES256: 'ECDSA with P-256 and SHA-256: small and fast',
  PS256: 'RSA with SHA-256, PSS padding',
  EdDSA: 'Ed25519: small and fast',
} as const;
