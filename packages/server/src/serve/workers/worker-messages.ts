import type { Settings } from '../../config/settings.js';

/** The messages between the primary process and its workers. Secrets are sent in them, not in arguments or the environment. */

export interface StartMessage {
  readonly type: 'authly:start';
  readonly settings: Settings;
  readonly version: string;
}

export interface StopMessage {
  readonly type: 'authly:stop';
}

export type ToWorker = StartMessage | StopMessage;

export type FromWorker =
  /** The worker reads messages now. What is sent before can get lost while its modules load. */
  | { readonly type: 'authly:hello' }
  | { readonly type: 'authly:listening' }
  /** The worker cannot start; the text is for the operator. */
  | { readonly type: 'authly:failed'; readonly text: string };

export function isToWorker(message: unknown): message is ToWorker {
  return hasType(message, ['authly:start', 'authly:stop']);
}

export function isFromWorker(message: unknown): message is FromWorker {
  return hasType(message, ['authly:hello', 'authly:listening', 'authly:failed']);
}

function hasType(message: unknown, types: readonly string[]): boolean {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string' &&
    types.includes(message.type)
  );
}
