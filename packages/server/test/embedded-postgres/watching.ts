/** What the tests look at: rows in a database, and which processes live. */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { isAlive } from '../../src/platform/embedded-postgres/process/identity.ts';

export async function query<Row extends object = Record<string, unknown>>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Committed rows, so that their absence later means lost data. */
export async function writeRows(url: string): Promise<void> {
  await query(url, 'create table kept (id int primary key)');
  await query(url, 'insert into kept select generate_series(1, 1000)');
}

export async function countRows(url: string): Promise<number> {
  const [row] = await query<{ count: string }>(url, 'select count(*) from kept');
  return Number(row?.count);
}

export async function gone(pid: number): Promise<void> {
  await eventually(`process ${pid} ends`, () => !isAlive(pid));
}

/** Waits for what another process does. */
export async function eventually(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await check())) {
    if (performance.now() > deadline) {
      throw new Error(`did not happen: ${what}`);
    }
    await sleep(10);
  }
}

/** The living processes whose command line holds the text. */
export function processesWith(text: string): readonly number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return pids.filter((pid) => isAlive(pid) && commandLine(pid).includes(text));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
