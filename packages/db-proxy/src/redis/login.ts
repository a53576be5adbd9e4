import { createHash } from 'node:crypto';
import type { Access, Caller, Introspect } from '../access/introspection.js';
import type { Rights } from './commands/rights.js';

export interface Admission {
  readonly kind: 'admitted';
  readonly caller: Caller;
  readonly rights: Rights;
  /** The scopes that the session lives by. */
  readonly needs: readonly string[];
}

export interface LoginRefusal {
  readonly kind: 'refused';
  /** The first word of the error, as clients know it. */
  readonly code: 'WRONGPASS' | 'NOPERM' | 'ERR';
  readonly reason: string;
}

const REFUSED_FOR_MS = 10_000;
const REMEMBERED = 10_000;

/** Lets callers in. What was refused is remembered for a while: some clients try again at once, and for ever. */
export class Admissions {
  private readonly refusals = new Map<string, { readonly refusal: LoginRefusal; readonly until: number }>();

  constructor(
    private readonly introspect: Introspect,
    private readonly now: () => number,
  ) {}

  /** No user, where no name was said. */
  async admit(user: string | undefined, token: string): Promise<Admission | LoginRefusal> {
    const key = createHash('sha256')
      .update(`${user ?? ''}\0${token}`)
      .digest('base64');
    const known = this.refusals.get(key);
    if (known !== undefined && known.until > this.now()) return known.refusal;
    const decided = decide(user, await this.introspect(token));
    if (decided.kind === 'refused' && decided.code !== 'ERR') {
      if (this.refusals.size >= REMEMBERED) this.refusals.clear();
      this.refusals.set(key, { refusal: decided, until: this.now() + REFUSED_FOR_MS });
    }
    return decided;
  }
}

function decide(user: string | undefined, access: Access): Admission | LoginRefusal {
  if (access.kind === 'unavailable') return refuse('ERR', 'Authly does not answer, so nobody can log in');
  if (access.kind === 'refused') return refuse('WRONGPASS', `login refused: ${access.reason}`);
  const { caller } = access;
  const names = [undefined, '', 'default', 'token', caller.username, caller.subject, caller.clientId];
  if (!names.includes(user))
    return refuse('WRONGPASS', 'login refused: the user name is not the one of the token; "default" always fits');
  const needs = ['cache:read', 'cache:write'].filter((scope) => caller.scopes.includes(scope));
  if (needs.length === 0)
    return refuse('NOPERM', 'login refused: the token has neither the scope cache:read nor cache:write');
  const rights = { canRead: needs.includes('cache:read'), canWrite: needs.includes('cache:write') };
  return { kind: 'admitted', caller, rights, needs };
}

const refuse = (code: LoginRefusal['code'], reason: string): LoginRefusal => ({ kind: 'refused', code, reason });
