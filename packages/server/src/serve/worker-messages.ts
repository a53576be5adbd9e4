import type { Settings } from '../config/settings.js';

/** What the primary and its workers say to each other. Secrets travel here, and not in arguments or the environment. */

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
  /** It hears. What is sent before this can get lost while its modules load. */
  | { readonly type: 'authly:hello' }
  | { readonly type: 'authly:listening' }
  /** It cannot start; the text is for the operator. */
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
