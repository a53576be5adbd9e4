/** Remembers what may be used once: assertion ids, nonces. */
export interface ReplayStore {
  /** True for the first caller; false for everyone after, until `expiresAt`. */
  claim(idHash: string, expiresAt: Date, now: Date): Promise<boolean>;
}
