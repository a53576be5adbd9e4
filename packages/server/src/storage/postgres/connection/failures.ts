/** Tells a database that is away from one that refused what it was told. */
import { DatabaseError } from 'pg';
import { DatabaseUnavailableError } from '../../../ports/store/unavailable.js';

/** True when the same statement may succeed later, or on another server. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  if (error instanceof DatabaseError) return UNAVAILABLE.test(error.code ?? '');
  return error instanceof Error && (isNetworkError(error) || LOST.test(error.message));
}

/** The server has become a standby. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '25006';
}

/** No connection of the pool came free in time. pg-pool has no code for it. */
export function isQueueTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

// connection lost, server shutting down or starting, a standby, no room for a connection, statement took too long, and a
// database, schema or table that is missing because somebody is restoring it at this moment, a pooler that took a prepared statement away
const UNAVAILABLE = /^(?:08...|57P0.|25006|26000|42P05|53...|57014|25P03|3D000|3F000|42P01)$/;

// what pg says of a connection that ended, without a code
const LOST = /^(?:Connection terminated|timeout expired|Query read timeout|Client has encountered a connection error)/;

function isNetworkError(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && /^E[A-Z]+$/.test(error.code);
}
