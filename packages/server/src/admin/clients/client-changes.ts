import type { Received } from '@authly/admin-api';
import { CLIENT_METADATA_FIELDS, clientProperty } from '@authly/oauth';
import type { ClientChange, OptionalClientField } from '../../ports/store/registrations/registrations.js';

/** A change of a client as the store takes it. */
export interface ChangeOfClient {
  readonly change: ClientChange;
  readonly clear: readonly OptionalClientField[];
  /** The names of the fields that were given, as the caller knows them. */
  readonly fields: readonly string[];
}

/** Reads a change field by field: what is missing stays, null clears; what the table of metadata does not know goes nowhere. */
export function readClientChange(body: Partial<Received<'updateClient'>['body']>): ChangeOfClient {
  const given = CLIENT_METADATA_FIELDS.filter((field) => body[field] !== undefined);
  const cleared = given.filter((field) => body[field] === null);
  const changed = given.filter((field) => body[field] !== null);
  const { is_active: isActive, scopes, origin } = body;
  return {
    change: {
      ...Object.fromEntries(changed.map((field) => [clientProperty(field), body[field]])),
      ...(isActive !== undefined && { isActive }),
      ...(scopes !== undefined && { scopes }),
      ...(origin !== undefined && { origin }),
    },
    clear: cleared.map(clientProperty) as OptionalClientField[],
    fields: [...given, ...(['is_active', 'scopes', 'origin'] as const).filter((field) => body[field] !== undefined)],
  };
}
