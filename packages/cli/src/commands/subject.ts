import type { Subject } from '../errors/api-error.js';
import { CliError } from '../errors/cli-error.js';
import { EXIT } from '../errors/exit-code.js';

/** A client, as a message names it. @throws CliError for an identifier that no client can have. */
export function clientSubject(id: string): Subject {
  return demandName({ noun: 'Client', label: 'Client ID', id });
}

/** A scope, as a message names it. */
export function scopeSubject(id: string): Subject {
  return demandName({ noun: 'Scope', label: 'Scope', id });
}

/** A resource, as a message names it. */
export function resourceSubject(id: string): Subject {
  return demandName({ noun: 'Resource', label: 'Resource', id });
}

/** An API key, as a message names it. */
export function apiKeySubject(id: string): Subject {
  return demandName({ noun: 'API key', label: 'API key', id });
}

/** A signing key, as a message names it. */
export function keySubject(id: string): Subject {
  return demandName({ noun: 'Signing key', label: 'Key ID', id });
}

// An empty name or a dot segment would ask the server for something else than one thing.
function demandName(subject: Subject): Subject {
  if (!['', '.', '..'].includes(subject.id.trim())) return subject;
  throw new CliError({
    message: `${subject.noun} not found`,
    reason: `${subject.label} '${subject.id}' does not exist or has been deleted.`,
    code: 'not_found',
    exitCode: EXIT.notFound,
  });
}
