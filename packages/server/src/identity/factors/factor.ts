import type { UserId } from '@authly/oauth';
import type { Context } from '../../ports/context.js';

/** One way in which a person proves who they are. A new one is a folder here, and a line where it may be used. */
export interface Factor<Kind extends string = string> {
  readonly kind: Kind;
  /** Looks at what was typed, and uses it up where it counts once. */
  prove(typed: string, userId: UserId, context: FactorContext): Promise<FactorProof>;
}

export type FactorContext = Pick<Context, 'store' | 'clock' | 'hashing' | 'box' | 'oneTimeCodes' | 'passwords'>;

export type FactorProof =
  /** `left`: how many codes the person still has, where they run out. */
  | { readonly kind: 'right'; readonly left?: number }
  /** `spent`: it was right, and is the code of a time step that was used before. */
  | { readonly kind: 'wrong'; readonly spent: boolean }
  /** It does not have the form of this factor. */
  | { readonly kind: 'another' };
