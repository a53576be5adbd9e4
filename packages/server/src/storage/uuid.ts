const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id that is no UUID belongs to nothing that is stored under one; the database would call it an error. */
export function isUuid(value: string): boolean {
  return UUID.test(value);
}
