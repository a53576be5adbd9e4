/** The part of a pino logger that embedded PostgreSQL writes to. */
export interface EmbeddedPostgresLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
