import { resolveConfig } from '../config/config.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../errors/exit-code.js';
import { commandFetch, createApi } from '../http/api.js';
import type { Process } from '../run.js';
import { createSession } from '../session/create-session.js';
import type { Session } from '../session/session.js';
import { createTerminal } from '../terminal/terminal.js';
import type { NameKind } from './model.js';

/** `authly __complete KIND WORD LINE…`: what the scripts of the shells call behind TAB. */

/** Whoever presses TAB does not wait longer for a name than it takes to type it. */
const WAIT_SECONDS = 2;
const MOST = 100;

/** Prints the names of a kind that begin like the word, one a line. Nothing at all is an answer too, and every failure is that. */
export async function completeNames({ words, streams, env, clock }: Process): Promise<ExitCode> {
  const [, kind = '', typed = '', ...line] = words;
  const find = FINDERS[kind as NameKind] as Finder | undefined;
  if (find === undefined) return EXIT.ok;
  try {
    const terminal = createTerminal({ streams, env, noInput: true, noColor: true });
    const server = { apiUrl: findGiven(line, '--api-url'), config: findGiven(line, '--config') };
    const config = await resolveConfig({ ...server, timeout: WAIT_SECONDS }, env);
    const opened = await createSession({ config, terminal, profile: findGiven(line, '--profile') });
    const { api } = createApi({ ...opened, fetch: commandFetch(env, () => undefined) });
    const names = await find({ typed, api, session: opened.session, now: clock.now() });
    await opened.session.close();
    const fitting = names.filter((name) => name.startsWith(typed) && HARMLESS.test(name));
    for (const name of [...new Set(fitting)].sort().slice(0, MOST)) terminal.print(name);
  } catch {
    // A shell has no room for reasons; the command itself will tell them.
  }
  return EXIT.ok;
}

interface Search {
  readonly typed: string;
  readonly api: Context['api'];
  readonly session: Session;
  readonly now: Date;
}

type Finder = (search: Search) => Promise<readonly string[]>;

const FINDERS: Readonly<Record<NameKind, Finder>> = {
  profile: async ({ session }) => (await session.profiles()).map(({ name }) => name),
  client: whenReady(async ({ api, typed }) => {
    const { data } = await api.listClients({ query: { limit: MOST, ...(typed === '' ? {} : { search: typed }) } });
    return data.map((client) => client.client_id);
  }),
  scope: whenReady(async ({ api }) => {
    const { data } = await api.listScopes({ query: { limit: MOST } });
    return data.map((scope) => scope.scope_name);
  }),
  user: whenReady(async ({ api, typed }) => {
    const { data } = await api.listUsers({ query: { limit: MOST, ...(typed === '' ? {} : { username: typed }) } });
    return data.users.map((user) => user.username);
  }),
};

/** A name that means something to a shell, or that a server made up to mean something, is not offered. */
const HARMLESS = /^[A-Za-z0-9][\w.:@%+,/-]*$/;

// Renewing a login takes longer than two seconds may be enough for, and must not be cut off.
function whenReady(find: Finder): Finder {
  return async (search) => {
    const { authenticated, expiresAt, refreshable } = await search.session.state();
    const isOver = refreshable && expiresAt !== undefined && expiresAt <= search.now;
    return authenticated && !isOver ? find(search) : [];
  };
}

/** The value of an option in a line that may be half typed; bash cuts `--option=value` into three words. */
function findGiven(line: readonly string[], option: string): string | undefined {
  const inOne = line.findLast((word) => word.startsWith(`${option}=`));
  if (inOne !== undefined) return inOne.slice(option.length + 1) || undefined;
  const at = line.lastIndexOf(option);
  if (at === -1) return undefined;
  return (line[at + 1] === '=' ? line[at + 2] : line[at + 1]) || undefined;
}
