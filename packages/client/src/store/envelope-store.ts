/** The token file: one envelope of sealed records, changed in one step under a lock between processes. */
import { randomUUID } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.js';
import { StorageError } from '../errors/storage-error.js';
import { readPrivateFile, makePrivateDirectory, writePrivateFile } from './atomic-file.js';
import { createDataKey, findDataKey, needsRekey, type DataKey, type KeyPorts } from './data-key.js';
import { corrupt, parseEnvelope, printEnvelope, type Envelope, type SealedRecord } from './envelope-file.js';
import { withProcessLock } from './process-lock.js';
import { seal, unseal } from './sealing.js';
import type { RecordMeta, RecordSecrets, StoreEvent, StoreInfo, StoredRecord, TokenStore } from './token-store.js';

/** Where the file is and how its key is found. */
export interface EnvelopeOptions {
  readonly path: string;
  readonly keys: Omit<KeyPorts, 'onFallback'>;
  readonly clock: Clock;
}

/** Opens the token file; nothing is read or written before the first call. */
export function createEnvelopeStore(options: EnvelopeOptions): TokenStore {
  const { path, clock } = options;
  const listeners = new Set<(event: StoreEvent) => void>();
  const tell = (event: StoreEvent) => {
    for (const listener of listeners) listener(event);
  };
  const ports: KeyPorts = {
    ...options.keys,
    onFallback: (reason, to) => tell({ type: 'storage:fallback', from: 'keyring', to, reason }),
  };
  const onRepair = (repaired: string, mode: string) =>
    tell({ type: 'storage:repaired', path: repaired, reason: `others could read it (mode ${mode})` });
  let known: DataKey | undefined;

  const load = (): Envelope | undefined => {
    const text = readPrivateFile(path, onRepair);
    return text === undefined ? undefined : parseEnvelope(text, path);
  };
  const unlock = async (envelope: Envelope): Promise<Buffer> => {
    if (known?.header.check !== envelope.key.check) {
      known = { key: await findDataKey(envelope.key, ports), header: envelope.key };
    }
    return known.key;
  };
  const lockFile = (name: string, work: () => Promise<void>) =>
    withProcessLock(lockPath(path, name), work, {
      clock,
      onUnlocked: (reason) => tell({ type: 'storage:lock-timeout', path, reason }),
    });
  /** Changes that touch no secret. */
  const changeLocked = (edit: (envelope: Envelope) => Envelope): Promise<void> =>
    lockFile('file', async () => {
      const current = load();
      if (current) writePrivateFile(path, printEnvelope(edit(current)));
    });
  const change = (edit: (envelope: Envelope, key: Buffer) => Envelope | undefined): Promise<void> =>
    lockFile('file', async () => {
      if (existsSync(dirname(path))) makePrivateDirectory(dirname(path), onRepair);
      const current = load();
      const opened = current ? await openForChange(current) : await openNew();
      const next = edit(opened.envelope, opened.key);
      if (next) writePrivateFile(path, printEnvelope(next));
    });

  async function openForChange(current: Envelope): Promise<{ envelope: Envelope; key: Buffer }> {
    // Nothing is sealed with the key of an empty file: where that key cannot be had any more, another does as well.
    if (current.records.size === 0) return (await openEmpty(current)) ?? openNew();
    const key = await unlock(current);
    if (!needsRekey(current.key, ports)) return { envelope: current, key };
    const installId = randomUUID();
    known = await createDataKey(installId, ports);
    return { envelope: reseal(current, key, known, installId, path), key: known.key };
  }

  async function openEmpty(current: Envelope): Promise<{ envelope: Envelope; key: Buffer } | undefined> {
    if (needsRekey(current.key, ports)) return undefined;
    try {
      return { envelope: current, key: await unlock(current) };
    } catch (error) {
      if (error instanceof StorageError) return undefined;
      throw error;
    }
  }

  async function openNew(): Promise<{ envelope: Envelope; key: Buffer }> {
    const installId = randomUUID();
    known = await createDataKey(installId, ports);
    return { envelope: { installId, key: known.header, records: new Map() }, key: known.key };
  }

  return {
    read: async (key) => {
      const envelope = load();
      const record = envelope?.records.get(key);
      if (!envelope || !record) return undefined;
      return openRecord(record, await unlock(envelope), path);
    },
    update: (key, edit) =>
      change((envelope, dataKey) => {
        const current = envelope.records.get(key);
        const next = edit(current && openRecord(current, dataKey, path));
        if (!next && !current) return undefined;
        return withRecord(envelope, key, next && sealRecord(next, dataKey));
      }),
    withLock: (key, work, lock) =>
      withProcessLock(lockPath(path, key.slice(0, 24)), work, {
        ...lock,
        clock,
        onUnlocked: (reason) => tell({ type: 'storage:lock-timeout', path, reason }),
      }),
    list: async () => [...(load()?.records.values() ?? [])].map(sealedMeta),
    describe: () => describeFile(path, ports),
    activate: (key) => changeLocked((envelope) => ({ ...envelope, active: key })),
    remove: (key) => changeLocked((envelope) => withRecord(envelope, key, undefined)),
    setAside: async () => {
      if (!existsSync(path)) return undefined;
      const aside = `${path}.${whyAside(path)}-${new Date(clock.now()).toISOString().replace(/\D/g, '')}`;
      await lockFile('file', async () => renameSync(path, aside));
      known = undefined;
      return aside;
    },
    putBack: async (aside) => {
      await lockFile('file', async () => {
        const kept = [...(load()?.records.values() ?? [])].some(({ kind }) => kind !== 'pending');
        if (!kept) renameSync(aside, path);
      });
      known = undefined;
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A record belongs to its server, its client and its name: a sealed value that is moved to another record does not open. */
function contextOf(record: RecordMeta, name: string): readonly string[] {
  return [record.issuer, record.clientId, record.key, name];
}

function sealRecord(record: StoredRecord, key: Buffer): SealedRecord {
  const { secrets, ...meta } = record;
  const sealed = Object.entries(secrets)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => [name, seal(value, key, contextOf(meta, name))]);
  return { ...meta, sealed: Object.fromEntries(sealed) };
}

function openRecord(record: SealedRecord, key: Buffer, path: string): StoredRecord {
  const secrets = Object.entries(record.sealed).map(([name, value]) => {
    const opened = unseal(value, key, contextOf(record, name));
    if (opened === undefined) throw corrupt(path, 'A sealed value was changed or moved.');
    return [name, opened];
  });
  return { ...sealedMeta(record), secrets: Object.fromEntries(secrets) as RecordSecrets };
}

function sealedMeta(record: SealedRecord): RecordMeta {
  const { sealed: _sealed, ...meta } = record;
  return meta;
}

function withRecord(envelope: Envelope, key: string, record: SealedRecord | undefined): Envelope {
  const records = new Map(envelope.records);
  if (record) records.set(key, record);
  else records.delete(key);
  return { ...envelope, records, active: activeAfter(envelope, record, records) };
}

/** The first session becomes the active one, and so does the session that replaces the active one of the same profile. */
function activeAfter(
  envelope: Envelope,
  record: SealedRecord | undefined,
  records: ReadonlyMap<string, SealedRecord>,
): string | undefined {
  const before = envelope.active === undefined ? undefined : envelope.records.get(envelope.active);
  const replaces = record?.kind === 'session' && (before === undefined || before.profile === record.profile);
  if (replaces) return record.key;
  return envelope.active !== undefined && records.has(envelope.active) ? envelope.active : undefined;
}

function reseal(envelope: Envelope, from: Buffer, to: DataKey, installId: string, path: string): Envelope {
  const records = [...envelope.records.values()].map(
    (record) => [record.key, sealRecord(openRecord(record, from, path), to.key)] as const,
  );
  return { ...envelope, installId, key: to.header, records: new Map(records) };
}

function describeFile(path: string, ports: KeyPorts): StoreInfo {
  const text = readPrivateFile(path);
  if (text === undefined) return { backend: 'unwritten', path, encrypted: true };
  const source = parseEnvelope(text, path).key.source;
  if (source === 'keyring') return { backend: 'keyring+file', path, encrypted: true };
  if (source === 'passphrase') return { backend: 'passphrase+file', path, encrypted: true };
  return { backend: 'keyfile+file', path, keyPath: ports.keyPath, encrypted: true };
}

/** The kind of key that could not be had, or `damaged`. */
function whyAside(path: string): string {
  try {
    return parseEnvelope(readPrivateFile(path) ?? '', path).key.source;
  } catch (error) {
    if (error instanceof StorageError) return 'damaged';
    throw error;
  }
}

function lockPath(path: string, name: string): string {
  return join(dirname(path), 'locks', `${name}.lock`);
}
