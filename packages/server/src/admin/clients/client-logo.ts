import type { Client, NewClient } from '../../model/client.js';
import { imageKind } from '../../model/image.js';
import type { Context } from '../../ports/context.js';
import type { ClientLogoJob } from '../../ports/jobs.js';
import type { Outbound } from '../../ports/outbound.js';
import type { Transaction } from '../../ports/store/transaction.js';

/** Larger ones would make every page of the client a slow one. */
const LARGEST = 65_536;

/** Has the logo fetched when a client names one that it did not name before. */
export async function wantLogo(
  before: Pick<Client, 'logoUri'> | undefined,
  after: Pick<NewClient, 'id' | 'clientId' | 'logoUri'>,
  tx: Pick<Transaction, 'jobs'>,
): Promise<void> {
  const { id, clientId, logoUri } = after;
  if (logoUri !== undefined && logoUri !== before?.logoUri)
    await tx.jobs.add('client-logo', { client: id, clientId, uri: logoUri });
}

/**
 * Fetches the logo of a client and keeps it. What cannot be fetched is tried again later by whoever runs the job; what is no image, or too
 * large, is written to the audit log.
 * @throws OutboundError
 */
export async function fetchLogo(
  { client, clientId, uri }: ClientLogoJob,
  { store, audit }: Pick<Context, 'store' | 'audit'>,
  outbound: Outbound,
): Promise<void> {
  const wish = { purpose: 'client_logo', types: TYPES, maxBytes: LARGEST };
  const body = await outbound.fetchDocument(uri, wish);
  const kind = imageKind(body);
  if (kind === undefined) {
    await audit.record(
      {
        action: 'client.logo_refused',
        outcome: 'failure',
        actor: { type: 'system' },
        clientId,
        target: { type: 'client', id: clientId },
        details: { reason: 'it is no PNG, JPEG, GIF, WebP or SVG image' },
      },
      {},
    );
    return;
  }
  await store.clientLogos.keep(client, { uri, contentType: kind.contentType, body });
}

const TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/svg+xml', 'application/octet-stream'];
