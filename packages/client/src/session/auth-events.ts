/** What a client tells its program while it works. No event holds a secret. */
import type { AuthMethod, TokenSource } from '../credentials/credential.js';
import type { AuthError } from '../errors/auth-error.js';
import type { StoreEvent } from '../store/token-store.js';

type StorePayload<T extends StoreEvent['type']> = Omit<Extract<StoreEvent, { type: T }>, 'type'>;

/** A login by code, as it may be shown. */
export interface DevicePrompt {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  readonly expiresAt: Date;
  /** The address as a QR code of block characters, one line each; loaded when it is called. */
  qr(): Promise<string>;
}

/** Every event and what comes with it. */
export interface AuthEvents {
  'token:acquired': {
    readonly method: AuthMethod;
    readonly scopes: readonly string[];
    readonly expiresAt?: Date;
    readonly source: TokenSource;
  };
  'token:refreshed': { readonly scopes: readonly string[]; readonly expiresAt?: Date };
  'refresh:failed': { readonly error: AuthError; readonly willRetry: boolean };
  'session:expired': { readonly profile?: string };
  'session:revoked': { readonly profile?: string };
  'login:started': { readonly method: AuthMethod; readonly profile?: string };
  'login:prompt': DevicePrompt;
  'login:completed': { readonly method: AuthMethod; readonly profile?: string; readonly username?: string };
  'profile:changed': { readonly profile: string };
  'storage:fallback': StorePayload<'storage:fallback'>;
  'storage:lock-timeout': StorePayload<'storage:lock-timeout'>;
  'storage:repaired': StorePayload<'storage:repaired'>;
  'clock:skew': { readonly seconds: number };
  'request:retried': { readonly url: string; readonly reason: string };
}

/** Sends events to whoever listens. */
export interface AuthEmitter {
  on<E extends keyof AuthEvents>(event: E, listener: (payload: AuthEvents[E]) => void): () => void;
  /** Listens to everything, for logs and for passing on. */
  onAny(listener: (event: keyof AuthEvents, payload: object) => void): () => void;
  emit<E extends keyof AuthEvents>(event: E, payload: AuthEvents[E]): void;
}

/** Makes an emitter. A listener that throws never breaks the work that it listens to. */
export function createEmitter(): AuthEmitter {
  const listeners = new Map<string, Set<(payload: never) => void>>();
  const everything = new Set<(event: keyof AuthEvents, payload: object) => void>();
  return {
    on: (event, listener) => {
      const group = listeners.get(event) ?? new Set();
      listeners.set(event, group.add(listener));
      return () => group.delete(listener);
    },
    onAny: (listener) => {
      everything.add(listener);
      return () => everything.delete(listener);
    },
    emit: (event, payload) => {
      for (const listener of listeners.get(event) ?? []) quietly(() => listener(payload as never));
      for (const listener of everything) quietly(() => listener(event, payload));
    },
  };
}

/** A listener's own fault must not cost a token. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // Nobody to tell: the listener is the one who is told things here.
  }
}

/** Passes the store's events on; returns how to stop. */
export function forwardStoreEvents(
  store: { subscribe?(listener: (event: StoreEvent) => void): () => void },
  events: AuthEmitter,
): () => void {
  const stop = store.subscribe?.(({ type, ...payload }) => events.emit(type, payload as never));
  return stop ?? (() => undefined);
}
