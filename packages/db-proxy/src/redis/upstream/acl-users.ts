import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { COMMANDS } from '../commands/table.js';
import type { Rights } from '../commands/rights.js';
import type { SessionCaller } from '../session/session.js';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Lease {
  readonly login: Login;
  release(): void;
}

interface AclUser {
  readonly login: Login;
  readonly made: Promise<unknown>;
  sessions: number;
}

const NAME = 'authly-proxy-';

/**
 * A user of the server itself for each caller, as long as the caller has sessions: whatever the proxy might let through, the server allows no other
 * keys and no other commands. Channels are the proxy's to keep: the server compares the patterns of PSUBSCRIBE letter by letter.
 */
export class AclUsers {
  private readonly users = new Map<string, AclUser>();
  private readonly instance = randomBytes(6).toString('hex');
  private made = 0;

  constructor(
    private readonly manager: Redis,
    private readonly commands: ReadonlySet<string>,
  ) {
    // A server that was started again knows none of them.
    manager.on('close', () => this.users.clear());
  }

  async lease({ names, rights }: SessionCaller): Promise<Lease> {
    const prefix = names.prefix.toString();
    const key = `${prefix} ${rights.canRead} ${rights.canWrite}`;
    const known = this.users.get(key);
    const user = known ?? this.make(prefix, rights);
    this.users.set(key, user);
    user.sessions += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      user.sessions -= 1;
      if (user.sessions > 0) return;
      if (this.users.get(key) === user) this.users.delete(key);
      void this.manager.call('ACL', 'DELUSER', user.login.user).catch(() => undefined);
    };
    try {
      await user.made;
    } catch (error) {
      release();
      throw error;
    }
    return { login: user.login, release };
  }

  private make(prefix: string, rights: Rights): AclUser {
    const user = `${NAME}${this.instance}-${++this.made}`;
    const password = randomBytes(32).toString('hex');
    const rules = ['reset', 'on', `>${password}`, `~${prefix}*`, '&*', '-@all', ...this.allowed(rights)];
    return { login: { user, password }, made: this.manager.call('ACL', 'SETUSER', user, ...rules), sessions: 0 };
  }

  private allowed({ canRead, canWrite }: Rights): string[] {
    const rules = ['+ping', '+hello'];
    for (const { name, class: kind } of COMMANDS.values()) {
      if (!this.commands.has(name)) continue;
      if (kind === 'read' && !canRead) continue;
      if (kind === 'write' && !canWrite) continue;
      if (kind === 'both' && !(canRead && canWrite)) continue;
      rules.push(`+${name}`);
    }
    return rules;
  }

  /** Users that a proxy left behind which was killed. */
  async removeLeft(): Promise<void> {
    const [users, clients] = await Promise.all([
      this.manager.call('ACL', 'USERS'),
      this.manager.call('CLIENT', 'LIST'),
    ]);
    const inUse = new Set(String(clients).match(/(?<=\buser=)\S+/g) ?? []);
    const left = (users as string[]).filter(
      (user) => user.startsWith(NAME) && !user.startsWith(`${NAME}${this.instance}`) && !inUse.has(user),
    );
    if (left.length > 0) await this.manager.call('ACL', 'DELUSER', ...left);
  }

  /** Ends all, with what they have. */
  async removeAll(): Promise<void> {
    const left = [...this.users.values()].map(({ login }) => login.user);
    this.users.clear();
    if (left.length > 0) await this.manager.call('ACL', 'DELUSER', ...left).catch(() => undefined);
  }
}
