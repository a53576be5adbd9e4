/** A time as every answer writes it: RFC 3339, UTC. */
export function iso(time: Date): string {
  return time.toISOString();
}

/** The same for a time that there may not be. */
export function isoOrNull(time: Date | undefined): string | null {
  return time === undefined ? null : time.toISOString();
}
