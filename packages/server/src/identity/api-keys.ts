import { formatApiKey } from '@authly/oauth';
import type { AuditAction } from '../model/audit-action.js';
import type { ApiKey } from '../model/people/api-key.js';
import type { AuditEvent, RequestOrigin } from '../model/audit-event.js';
import type { Context } from '../ports/context.js';
import type { KeyMadeThrough } from '../ports/store/people/api-keys.js';
import type { Transaction } from '../ports/store/transaction.js';
import {
  type ApiKeyOwner,
  type ApiKeyProblem,
  expiryProblem,
  nameProblem,
  ownerId,
  overlapProblem,
  plainName,
  roomProblem,
  scopeProblem,
} from './api-key-rules.js';

export type MadeApiKey =
  /** `secret` is the key itself: it is told now or never. `previousExpiresAt`: when the key ends that this one replaces. */
  | { readonly kind: 'made'; readonly key: ApiKey; readonly secret: string; readonly previousExpiresAt?: Date }
  | { readonly kind: 'refused'; readonly problem: ApiKeyProblem }
  | { readonly kind: 'not-alive' };

/** Who makes, replaces or revokes a key, and from where. */
export interface KeyActor {
  readonly actor: AuditEvent['actor'];
  readonly origin: RequestOrigin;
  /** What the person proved themselves with: a key is made only as long as that works. */
  readonly through?: KeyMadeThrough;
}

type Needs = Pick<Context, 'store' | 'clock' | 'random' | 'hashing' | 'directory' | 'limiter'>;

/** Makes an API key. It can do what its scopes say, as far as its owner may. */
export async function createApiKey(
  wanted: {
    readonly owner: ApiKeyOwner;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAt?: Date;
  },
  by: KeyActor,
  context: Needs,
): Promise<MadeApiKey> {
  const name = plainName(wanted.name);
  const scopes = [...new Set(wanted.scopes)];
  const problem =
    nameProblem(name) ??
    (await scopeProblem(scopes, wanted.owner, context)) ??
    expiryProblem(wanted.expiresAt, context) ??
    (await roomProblem(wanted.owner, context));
  if (problem !== undefined) return { kind: 'refused', problem };
  const { key, secret } = newKey({ ...wanted, name, scopes }, by, context);
  const added = await context.store.transaction(async (tx) => {
    const isAdded = await tx.apiKeys.add(key, by.through);
    if (isAdded) record({ action: 'api_key.created', key }, by, tx);
    return isAdded;
  });
  return added ? { kind: 'made', key, secret } : { kind: 'not-alive' };
}

/**
 * Replaces a key by a new one of the same name and scopes. The old one works on for `overlapSeconds`, never past its own end.
 * Without an expiry of its own the new key lives as long as the old one was meant to.
 */
export async function rotateApiKey(
  wanted: {
    readonly owner: ApiKeyOwner;
    readonly key: ApiKey;
    readonly overlapSeconds: number;
    readonly expiresAt?: Date;
  },
  by: KeyActor,
  context: Needs,
): Promise<MadeApiKey> {
  const { owner, key: old, overlapSeconds } = wanted;
  const now = context.clock.now();
  const expiresAt = wanted.expiresAt ?? sameLife(old, now);
  const problem =
    overlapProblem(overlapSeconds) ??
    expiryProblem(expiresAt, context) ??
    // While both work there is one key more.
    (await roomProblem(owner, context, { replaces: overlapSeconds === 0 }));
  if (problem !== undefined) return { kind: 'refused', problem };
  const made = newKey({ owner, name: old.name, scopes: old.scopes, expiresAt }, by, context);
  const key = { ...made.key, rotatedFrom: old.id };
  const wantedEnd = new Date(now.getTime() + overlapSeconds * 1000);
  const overlapUntil = old.expiresAt !== undefined && old.expiresAt < wantedEnd ? old.expiresAt : wantedEnd;
  const rotated = await context.store.transaction(async (tx) => {
    const isAlive = await tx.apiKeys.rotate(old.id, key, overlapUntil, by.through);
    const more = { from: old.id, previous_expires_at: overlapUntil };
    if (isAlive) record({ action: 'api_key.rotated', key, more }, by, tx);
    return isAlive;
  });
  if (!rotated) return { kind: 'not-alive' };
  return { kind: 'made', key, secret: made.secret, previousExpiresAt: overlapUntil };
}

/** Ends a key at once; false when it had ended before. */
export async function revokeApiKey(
  key: ApiKey,
  by: KeyActor,
  context: Pick<Context, 'store' | 'clock'>,
): Promise<boolean> {
  return await context.store.transaction(async (tx) => {
    const revoked = await tx.apiKeys.revoke(key.id, context.clock.now());
    if (revoked) record({ action: 'api_key.revoked', key }, by, tx);
    return revoked;
  });
}

function newKey(
  wanted: {
    readonly owner: ApiKeyOwner;
    readonly name: string;
    readonly scopes: readonly string[];
    readonly expiresAt?: Date;
  },
  { actor }: KeyActor,
  context: Pick<Context, 'clock' | 'random' | 'hashing'>,
): { readonly key: ApiKey; readonly secret: string } {
  const secret = formatApiKey(context.random.bytes(32));
  const key: ApiKey = {
    id: context.random.uuid(),
    hash: context.hashing.tokenHash(secret),
    hint: secret.slice(-4),
    name: wanted.name,
    ...ownerId(wanted.owner),
    scopes: wanted.scopes,
    createdAt: context.clock.now(),
    createdBy: actor.id,
    expiresAt: wanted.expiresAt,
  };
  return { key, secret };
}

function sameLife({ createdAt, expiresAt }: ApiKey, now: Date): Date | undefined {
  return expiresAt && new Date(now.getTime() + expiresAt.getTime() - createdAt.getTime());
}

function record(
  { action, key, more }: { readonly action: AuditAction; readonly key: ApiKey; readonly more?: object },
  { actor, origin }: KeyActor,
  tx: Pick<Transaction, 'record'>,
): void {
  const details = { name: key.name, scopes: key.scopes, owner: key.userId ?? key.clientId, ...more };
  tx.record(
    { action, outcome: 'success', actor, clientId: key.clientId, target: { type: 'api_key', id: key.id }, details },
    origin,
  );
}
