import type { Access, Caller, Introspect } from '../access/introspection.js';
import type { ErrorReport } from './codec/messages.js';
import type { Rights } from './guard/guard.js';
import { problemOfSetting } from './guard/settings.js';

/** What a client asked for before it said who it is, checked. */
export interface Wish {
  readonly user: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly encoding: string | undefined;
}

const PASSED_ON = new Set([
  'application_name',
  'datestyle',
  'intervalstyle',
  'timezone',
  'extra_float_digits',
  'search_path',
]);

export function readWish(parameters: ReadonlyMap<string, string>, database: string): Wish | ErrorReport {
  const settings = new Map<string, string>();
  let encoding: string | undefined;
  for (const [name, value] of parameters) {
    if (name === 'user' || name === 'database') continue;
    if (name === 'options') {
      const problem = readOptions(value, settings);
      if (problem !== undefined) return { code: '42501', message: problem };
    } else if (name === 'client_encoding') {
      const problem = problemOfSetting(name, value);
      if (problem !== undefined) return { code: '42501', message: problem };
      encoding = value.replace(/^'|'$/g, '');
    } else if (PASSED_ON.has(name)) settings.set(name, value);
    else return { code: '42501', message: `the start-up parameter "${name}" is refused` };
  }
  const user = parameters.get('user') ?? '';
  // Clients that are told of no database ask for one with the name of the user.
  const wanted = parameters.get('database') ?? user;
  if (wanted !== user && wanted !== database)
    return { code: '3D000', message: `the database behind this proxy is "${database}"` };
  return { user, settings, encoding };
}

/** `-c name=value` and `--name=value`, as far as a session may set them. */
function readOptions(text: string, settings: Map<string, string>): string | undefined {
  const words = text.trim().split(/\s+/);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] === '-c' ? words[++at] : words[at]?.replace(/^(-c|--)(?=\w)/, '');
    if (word === '' && words.length === 1) return undefined;
    const [, name, value] = /^([\w.-]+)=([^\\]*)$/.exec(word ?? '') ?? [];
    if (name === undefined || value === undefined) return 'only "-c name=value" is understood in options';
    const setting = name.replaceAll('-', '_').toLowerCase();
    const problem = problemOfSetting(setting, value);
    if (problem !== undefined) return problem;
    if (setting === 'client_encoding') return 'client_encoding is a start-up parameter of its own';
    settings.set(setting, value);
  }
  return undefined;
}

export interface Admission {
  readonly caller: Caller;
  readonly rights: Rights;
  /** The scopes that the session lives by. */
  readonly needs: readonly string[];
}

const REFUSED_FOR_MS = 10_000;
const REMEMBERED = 10_000;

/** Lets callers in. What was refused is remembered for a while: some pools try hundreds of times a second. */
export class Admissions {
  private readonly refusals = new Map<string, { readonly report: ErrorReport; readonly until: number }>();

  constructor(
    private readonly introspect: Introspect,
    private readonly hash: (token: string) => string,
    private readonly now: () => number,
    private readonly onLogin: (result: Admission | ErrorReport, token: string) => void,
  ) {}

  async admit(user: string, token: string): Promise<Admission | ErrorReport> {
    const key = this.hash(`${user}\0${token}`);
    const known = this.refusals.get(key);
    const isKnown = known !== undefined && known.until > this.now();
    const decided = isKnown ? known.report : decide(user, await this.introspect(token));
    this.onLogin(decided, token);
    if (isKnown) return decided;
    if ('code' in decided && decided.code !== '57P03') {
      if (this.refusals.size >= REMEMBERED) this.refusals.clear();
      this.refusals.set(key, { report: decided, until: this.now() + REFUSED_FOR_MS });
    }
    return decided;
  }
}

function decide(user: string, access: Access): Admission | ErrorReport {
  if (access.kind === 'unavailable') return { code: '57P03', message: 'Authly does not answer, so nobody can log in' };
  if (access.kind === 'refused') return { code: '28P01', message: `login refused: ${access.reason}` };
  const { caller } = access;
  if (!['token', caller.username, caller.subject, caller.clientId].includes(user))
    return {
      code: '28P01',
      message: 'login refused: the user name is not the one of the token',
      hint: 'The name "token" always fits.',
    };
  const rights = {
    canRead: caller.scopes.includes('database:read'),
    canWrite: caller.scopes.includes('database:write'),
  };
  const needs = ['database:read', 'database:write'].filter((scope) => caller.scopes.includes(scope));
  if (needs.length === 0)
    return {
      code: '28000',
      message: 'login refused: the token has neither the scope database:read nor database:write',
    };
  return { caller, rights, needs };
}
