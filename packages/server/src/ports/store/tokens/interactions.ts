import type { Interaction } from '../../../model/tokens/authorization-request.js';

export interface InteractionStore {
  add(interaction: Interaction): Promise<void>;
  find(idHash: string): Promise<Interaction | undefined>;
  /** Ties an interaction that no browser has yet to this one; false when another browser has it. */
  bind(idHash: string, browserHash: string): Promise<boolean>;
  /** True for exactly one caller, while it has not expired. */
  complete(idHash: string, now: Date): Promise<boolean>;
}
