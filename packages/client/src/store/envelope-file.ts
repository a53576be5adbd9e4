/**
 * The text of the token file. One form serves two readers: `access_token`, `refresh_token`, `expires_at` and `api_url` at the top show the active
 * session, and `records` holds every session with its plain metadata beside its sealed secrets.
 */
import { StorageError } from '../errors/storage-error.js';
import type { KeyHeader } from './data-key.js';
import type { RecordMeta, RecordSecrets } from './token-store.js';

/** One record as it stands in the file: secrets are sealed. */
export interface SealedRecord extends RecordMeta {
  readonly sealed: { readonly [name in keyof RecordSecrets]?: string };
}

/** The whole file. */
export interface Envelope {
  readonly installId: string;
  readonly key: KeyHeader;
  readonly active?: string;
  readonly records: ReadonlyMap<string, SealedRecord>;
}

/** Prints the file (JSON, two spaces, RFC 3339 times). */
export function printEnvelope(envelope: Envelope): string {
  const active = envelope.active === undefined ? undefined : envelope.records.get(envelope.active);
  const file = {
    version: 1,
    access_token: active?.sealed.accessToken,
    refresh_token: active?.sealed.refreshToken,
    expires_at: timeText(active?.expiresAt),
    api_url: active?.apiUrl ?? active?.issuer,
    active: active?.key,
    install_id: envelope.installId,
    key: envelope.key,
    records: Object.fromEntries([...envelope.records].map(([key, record]) => [key, printRecord(record)])),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** Reads the file; anything that is not one is a StorageError `corrupt`, and nothing is deleted. */
export function parseEnvelope(text: string, path: string): Envelope {
  const file = objectOf(parseJson(text, path));
  if (file?.version !== 1)
    throw corrupt(
      path,
      file ? `It has version ${String(file.version)}; this program knows version 1.` : 'It is not a JSON object.',
    );
  const key = parseKeyHeader(file.key);
  const records = objectOf(file.records);
  if (!key || !records || typeof file.install_id !== 'string')
    throw corrupt(path, 'Its key or its records are missing.');
  const parsed = new Map<string, SealedRecord>();
  for (const [name, value] of Object.entries(records)) {
    const record = parseRecord(name, objectOf(value));
    if (!record) throw corrupt(path, `The record ${name.slice(0, 8)} is incomplete.`);
    parsed.set(name, record);
  }
  return { installId: file.install_id, key, active: textOf(file.active), records: parsed };
}

/** The error for a store that cannot be understood. */
export function corrupt(path: string, reason: string, cause?: unknown): StorageError {
  return new StorageError({
    failure: 'corrupt',
    message: `The token file ${path} is damaged.`,
    reason,
    hint: 'Move the file away and log in again; nothing was deleted.',
    cause,
  });
}

const sealedNames = {
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  idToken: 'id_token',
  clientSecret: 'client_secret',
  apiKey: 'api_key',
  privateKey: 'private_key',
  deviceCode: 'device_code',
} as const satisfies Record<keyof RecordSecrets, string>;

function printRecord(record: SealedRecord): Record<string, unknown> {
  const sealed = Object.entries(sealedNames).map(([name, label]) => [
    label,
    record.sealed[name as keyof RecordSecrets],
  ]);
  return {
    kind: record.kind,
    profile: record.profile,
    issuer: record.issuer,
    client_id: record.clientId,
    api_url: record.apiUrl,
    method: record.method,
    subject: record.subject,
    username: record.username,
    scope: record.scopes.join(' '),
    resource: record.resource,
    token_type: record.tokenType,
    obtained_at: timeText(record.obtainedAt),
    expires_at: timeText(record.expiresAt),
    refresh_after: timeText(record.refreshAfter),
    session_expires_at: timeText(record.sessionExpiresAt),
    refreshable: record.refreshable,
    clock_skew_seconds: record.clockSkewSeconds,
    status: record.status,
    ended: record.ended,
    ...Object.fromEntries(sealed),
  };
}

function parseRecord(key: string, value: Record<string, unknown> | undefined): SealedRecord | undefined {
  const kind = oneOf(value?.kind, ['session', 'profile', 'pending'] as const);
  const issuer = textOf(value?.issuer);
  const clientId = textOf(value?.client_id);
  const method = oneOf(value?.method, methods);
  const obtainedAt = timeOf(value?.obtained_at);
  if (!value || !kind || issuer === undefined || clientId === undefined || !method || obtainedAt === undefined)
    return undefined;
  const sealed = Object.entries(sealedNames).map(([name, label]) => [name, textOf(value[label])]);
  return {
    key,
    kind,
    profile: textOf(value.profile),
    issuer,
    clientId,
    apiUrl: textOf(value.api_url),
    method,
    subject: textOf(value.subject),
    username: textOf(value.username),
    scopes: (textOf(value.scope) ?? '').split(' ').filter(Boolean),
    resource: textOf(value.resource),
    tokenType: oneOf(value.token_type, ['Bearer', 'DPoP'] as const),
    obtainedAt,
    expiresAt: timeOf(value.expires_at),
    refreshAfter: timeOf(value.refresh_after),
    sessionExpiresAt: timeOf(value.session_expires_at),
    refreshable: value.refreshable === true,
    clockSkewSeconds: typeof value.clock_skew_seconds === 'number' ? value.clock_skew_seconds : undefined,
    status: value.status === 'expired' ? 'expired' : 'active',
    ended: oneOf(value.ended, ['revoked', 'expired', 'reused'] as const),
    sealed: Object.fromEntries(sealed.filter(([, text]) => text !== undefined)),
  };
}

const methods = [
  'api_key',
  'client_credentials',
  'authorization_code',
  'device_code',
  'password',
  'external',
  'static_token',
] as const;

function parseKeyHeader(value: unknown): KeyHeader | undefined {
  const header = objectOf(value);
  const check = textOf(header?.check);
  if (!header || check === undefined) return undefined;
  const source = oneOf(header.source, ['keyring', 'file', 'passphrase'] as const);
  if (source === 'file') return { source, check };
  if (source === 'keyring' && typeof header.service === 'string' && typeof header.account === 'string') {
    return { source, service: header.service, account: header.account, check };
  }
  // The cost is bounded: a changed file must not make the program use up the memory of the computer.
  const n = header.n;
  if (source !== 'passphrase' || typeof header.salt !== 'string' || typeof n !== 'number') return undefined;
  return Number.isInteger(Math.log2(n)) && n >= 2 ** 10 && n <= 2 ** 20
    ? { source, salt: header.salt, n, check }
    : undefined;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, 'It is not JSON.', cause);
  }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function timeText(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}
