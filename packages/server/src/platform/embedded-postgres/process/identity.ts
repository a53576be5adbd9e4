/**
 * Telling processes apart although their ids are used again: a process is its id together with the moment it began. A
 * zombie counts as gone, for in a container nobody may ever collect it.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A text that no other process of this machine ever had or will have, or undefined when there is no such process. */
export function processIdentity(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? identityFromProc(pid) : identityFromPs(pid);
}

export function isAlive(pid: number): boolean {
  return processIdentity(pid) !== undefined;
}

/** The command line of a process, its arguments separated by spaces, or undefined when there is no such process. */
export function commandLine(pid: number): string | undefined {
  if (!existsSync('/proc/self/stat')) {
    return ps(pid, 'command=');
  }
  return read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ').trim();
}

function identityFromProc(pid: number): string | undefined {
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') {
    return undefined;
  }
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}/${fields[19]}`;
}

function identityFromPs(pid: number): string | undefined {
  const [state, ...started] = (ps(pid, 'state=,lstart=') ?? '').split(/\s+/);
  return !state || state.startsWith('Z') ? undefined : started.join(' ');
}

function ps(pid: number, columns: string): string | undefined {
  // The start is printed in local time and language; every reader must get the same text.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  try {
    const output = execFileSync('ps', ['-o', columns, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe', env });
    return output.trim() || undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
