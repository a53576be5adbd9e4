/** A database of its own for a test: the schema is migrated once a run into a template and copied from there. */

import { createHash, randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { Client } from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../src/storage/postgres/migrate.ts';

export interface TestDatabase {
  /** A connection string, as the role that owns the database. */
  readonly url: string;
  /** Removes the database, ending whatever is still connected to it. */
  drop(): Promise<void>;
}

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator(async (client) => {
    const template = await migratedTemplate(client);
    await client.query(`create database ${name} template ${template}`);
  });
  return {
    url: databaseUrl(name),
    drop: () => asAdministrator((client) => client.query(`drop database if exists ${name} with (force)`)).then(ignore),
  };
}

/** One without any tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdministrator((client) => client.query(`create database ${name}`));
  return {
    url: databaseUrl(name),
    drop: () => asAdministrator((client) => client.query(`drop database if exists ${name} with (force)`)).then(ignore),
  };
}

/** Test files run in parallel processes: the first one makes the template, the others wait for it. */
async function migratedTemplate(client: Client): Promise<string> {
  const digest = await digestOfMigrations();
  const template = `template_${digest}`;
  if (await databaseExists(client, template)) {
    return template;
  }
  const lock = Number.parseInt(digest.slice(0, 8), 16);
  await client.query('select pg_advisory_lock($1)', [lock]);
  try {
    if (!(await databaseExists(client, template))) {
      await makeTemplate(client, template);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [lock]);
  }
  return template;
}

/** The template gets its name only when it is complete, so a failed migration is not taken for a finished one. */
async function makeTemplate(client: Client, template: string): Promise<void> {
  const unfinished = `unfinished_${randomBytes(6).toString('hex')}`;
  await client.query(`create database ${unfinished}`);
  try {
    await migrate({ connectionString: databaseUrl(unfinished) });
  } catch (error) {
    await client.query(`drop database ${unfinished} with (force)`);
    throw error;
  }
  await client.query(`alter database ${unfinished} rename to ${template}`);
}

/** In watch mode the migrations change during a run: the digest gives each state of them its own template. */
async function digestOfMigrations(): Promise<string> {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, MIGRATIONS), 'utf8')));
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 16);
}

async function databaseExists(client: Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  return rowCount === 1;
}

async function asAdministrator<T>(action: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl('postgres') });
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(name: string): string {
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${name}`;
  return url.href;
}

function ignore(): void {}
