import type { ProgramProof } from './prove-to-program.js';

/** Why somebody is not signed in, second factor included. */
export type Unproved = Exclude<ProgramProof, { kind: 'proved' }>;

/** A refused sign-in as every door without pages says it; the door adds its own form. */
export interface RefusalWords {
  readonly kind: 'credentials' | 'second-factor-missing' | 'too-often';
  readonly sentence: string;
  /** Only with `too-often`. */
  readonly retryAfterSeconds?: number;
}

export function refusalWords(refusal: Unproved): RefusalWords {
  switch (refusal.kind) {
    case 'wrong':
      return { kind: 'credentials', sentence: 'Incorrect username or password' };
    case 'inactive':
      return { kind: 'credentials', sentence: 'Account is deactivated' };
    case 'locked': {
      const sentence = 'Too many failed attempts. Account temporarily locked.';
      return { kind: 'too-often', sentence, retryAfterSeconds: refusal.retryAfterSeconds };
    }
    case 'limited': {
      const sentence = 'Too many login attempts. Wait, then try again.';
      return { kind: 'too-often', sentence, retryAfterSeconds: refusal.retryAfterSeconds };
    }
    case 'second-factor':
      return SECOND_FACTOR[refusal.code];
  }
}

const SECOND_FACTOR: Readonly<Record<Extract<Unproved, { kind: 'second-factor' }>['code'], RefusalWords>> = {
  missing: {
    kind: 'second-factor-missing',
    sentence:
      'The password is right, and a second factor is needed. Send its code as otp with the same request, or log in with a browser or a device code.',
  },
  wrong: { kind: 'credentials', sentence: 'The code of the second factor is wrong.' },
  spent: { kind: 'credentials', sentence: 'This code was used before. Wait for the next one.' },
};
