import { DatabaseError } from 'pg';

/** Which unique field of an account another account has, when that is what the database complains about. */
export function takenField(error: unknown): 'username' | 'email' | undefined {
  if (!(error instanceof DatabaseError) || error.code !== UNIQUE_VIOLATION) return undefined;
  if (error.constraint === 'users_username') return 'username';
  return error.constraint === 'users_email' ? 'email' : undefined;
}

const UNIQUE_VIOLATION = '23505';
