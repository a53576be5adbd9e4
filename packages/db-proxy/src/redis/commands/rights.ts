import type { Request } from '../codec/requests.js';
import type { Rule } from './table.js';

/** What the scopes of a token allow. */
export interface Rights {
  readonly canRead: boolean;
  readonly canWrite: boolean;
}

/** Why a caller may not use a command; nothing where it may. */
export function problemOfRights(rule: Rule, request: Request, rights: Rights): string | undefined {
  const asked = rule.name === 'set' && returnsOldValue(request) ? 'both' : rule.class;
  const missing = [
    ...((asked === 'read' || asked === 'both') && !rights.canRead ? ['cache:read'] : []),
    ...((asked === 'write' || asked === 'both') && !rights.canWrite ? ['cache:write'] : []),
  ];
  if (missing.length === 0) return undefined;
  return `NOPERM The command '${rule.name}' needs the scope ${missing.join(' and ')}`;
}

/** SET … GET */
function returnsOldValue(request: Request): boolean {
  for (let index = 3; index < request.count; index += 1) if (request.text(index).toLowerCase() === 'get') return true;
  return false;
}
