/**
 * PostgreSQL must not outlive this process, not even when it is killed with -9. A small shell reads a pipe that the kernel
 * closes with us, and then shuts PostgreSQL down. It runs in a session of its own, so the terminal's Ctrl-C does not reach
 * it, and as PostgreSQL's account, so it can signal nothing else.
 */

import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { EmbeddedPostgresLogger } from '../logger.js';
import { spawnAs, type Account } from '../place/account.js';

export interface Watchdog {
  /** The pipe: the process that becomes the postmaster writes its pid into it and then closes its end. */
  readonly lifeline: Writable;
  /** PostgreSQL has been stopped: the watchdog goes without doing anything. */
  dismiss(): void;
}

export interface WatchdogDuty {
  readonly cluster: string;
  readonly account: Account;
  /** Directories that are removed once PostgreSQL is gone. */
  readonly scratch: readonly string[];
  readonly logger: EmbeddedPostgresLogger;
}

export function startWatchdog(duty: WatchdogDuty): Watchdog {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'authly-watchdog', duty.cluster, ...duty.scratch], {
    ...spawnAs(duty.account),
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let isDismissed = false;
  const warn = () => {
    if (!isDismissed) {
      duty.logger.warn(
        { pid: child.pid },
        'the watchdog of PostgreSQL is gone; a killed server would leave it running',
      );
    }
  };
  child.once('error', warn).once('exit', warn);
  // A watchdog that was killed cannot be told anything; its exit has been reported.
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    lifeline: child.stdin,
    dismiss: () => {
      isDismissed = true;
      child.stdin.end('dismissed\n');
    },
  };
}

/**
 * Two lines come in: the postmaster's pid, and a word when it has been stopped. The pipe's end in place of the word means
 * that we are dead. postmaster.pid must still name that pid at each signal, so a process that got the number later is never
 * hit. A fast shutdown first; after 30 s an immediate one, from which the next start recovers. A service manager may send
 * its stop signal to all processes of the service: the watchdog ignores it, for it ends with us anyway.
 */
const SCRIPT = `
trap '' HUP INT TERM
cluster=$1; shift
read -r pid && read -r word && exit 0
is_ours() {
  [ -r "$cluster/postmaster.pid" ] && read -r first < "$cluster/postmaster.pid" && [ "$first" = "$pid" ]
}
tenths=0; asked=''
while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ "$tenths" -lt 400 ]; do
  if is_ours; then
    [ -n "$asked" ] || kill -INT "$pid"
    [ "$tenths" -ne 300 ] || kill -QUIT "$pid"
    asked=yes
  elif [ -n "$asked" ] || [ "$tenths" -gt 50 ]; then
    break
  fi
  tenths=$((tenths + 1))
  sleep 0.1 || sleep 1
done
[ "$#" -eq 0 ] || rm -rf -- "$@"
`;
