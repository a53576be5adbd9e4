/** The passwords that guessing begins with. */
export interface CommonPasswords {
  /** Whether this is one of them, in small letters. */
  includes(password: string): Promise<boolean>;
}
