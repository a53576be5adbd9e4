/** Login in two steps, for programs that run commands: one process gets the code, another one finishes. */
import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '../errors/credential-errors.js';
import type { Connection } from '../flows/connection.js';
import { requestDeviceAuthorization, type DeviceAuthorization } from '../flows/device/device-authorization.js';
import type { Program } from '../profiles/program.js';
import type { StoredRecord } from '../store/token-store.js';
import type { PendingLogin } from './login-options.js';
import type { LoginTarget } from './login-target.js';

/** Asks for a code and keeps its secret half, encrypted, for the process that finishes. */
export async function openPendingLogin(
  program: Program,
  target: LoginTarget,
  connection: Connection,
  privateKey: string | undefined,
  signal?: AbortSignal,
): Promise<PendingLogin> {
  const device = await requestDeviceAuthorization(connection, signal);
  const id = randomBytes(9).toString('base64url');
  const store = await program.store();
  await store.update(pendingKey(id), () => recordOf(id, target, device, program.clock.now(), privateKey));
  return {
    id,
    userCode: device.userCode,
    verificationUri: device.verificationUri,
    verificationUriComplete: device.verificationUriComplete,
    expiresAt: new Date(device.expiresAt),
    intervalSeconds: device.intervalSeconds,
    profile: target.profile,
  };
}

/** A pending login as it was kept. */
export interface KeptLogin {
  readonly record: StoredRecord;
  readonly device: DeviceAuthorization;
}

/** Finds a pending login. Rejects with ConfigurationError when there is none with that name. */
export async function findPendingLogin(program: Program, id: string): Promise<KeptLogin> {
  const record = await (await program.store()).read(pendingKey(id));
  const kept = record?.kind === 'pending' ? record.secrets.deviceCode : undefined;
  if (!record || kept === undefined) throw notFound();
  const { deviceCode, intervalSeconds } = JSON.parse(kept) as { deviceCode: string; intervalSeconds: number };
  const device = { deviceCode, intervalSeconds, userCode: '', verificationUri: '', expiresAt: record.expiresAt ?? 0 };
  return { record, device };
}

/** Forgets a pending login. */
export async function dropPendingLogin(program: Program, id: string): Promise<void> {
  await (await program.store()).update(pendingKey(id), () => undefined);
}

function recordOf(
  id: string,
  target: LoginTarget,
  device: DeviceAuthorization,
  now: number,
  privateKey: string | undefined,
): StoredRecord {
  const { deviceCode, intervalSeconds } = device;
  return {
    key: pendingKey(id),
    kind: 'pending',
    profile: target.profile,
    issuer: target.issuer,
    clientId: target.clientId,
    apiUrl: target.apiUrl,
    method: 'device_code',
    scopes: target.scopes,
    resource: target.resource,
    obtainedAt: now,
    expiresAt: device.expiresAt,
    refreshable: false,
    status: 'active',
    secrets: { deviceCode: JSON.stringify({ deviceCode, intervalSeconds }), privateKey },
  };
}

function pendingKey(id: string): string {
  return `pending-${id.replace(/[^\w-]/g, '').slice(0, 40)}`;
}

function notFound(): ConfigurationError {
  return new ConfigurationError({
    message: 'There is no such pending login.',
    reason: 'It was finished, or it was started elsewhere.',
    hint: 'Start the login again.',
  });
}
