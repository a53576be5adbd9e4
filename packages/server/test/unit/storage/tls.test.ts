import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionAttempts } from '../../../src/storage/postgres/connection/tls.ts';

const at = (query: string): readonly { readonly ssl?: unknown }[] =>
  connectionAttempts(`postgres://me@db.example/app${query}`);
const UNCHECKED = { rejectUnauthorized: false };

describe('the modes of encryption', () => {
  it('are those of libpq: prefer falls back to none, allow begins without, require does not check', () => {
    expect(at('?sslmode=disable').map(({ ssl }) => ssl)).toEqual([false]);
    expect(at('?sslmode=allow').map(({ ssl }) => ssl)).toEqual([false, UNCHECKED]);
    expect(at('?sslmode=prefer').map(({ ssl }) => ssl)).toEqual([UNCHECKED, false]);
    expect(at('?sslmode=require').map(({ ssl }) => ssl)).toEqual([UNCHECKED]);
    expect(at('?sslmode=no-verify').map(({ ssl }) => ssl)).toEqual([UNCHECKED]);
    expect(at('?sslmode=verify-full').map(({ ssl }) => ssl)).toEqual([{}]);
  });

  it('prefer it where nothing is said, except on the same machine', () => {
    expect(at('').map(({ ssl }) => ssl)).toEqual([UNCHECKED, false]);
    for (const local of ['127.0.0.1:5432', 'localhost', '[::1]:5432', '%2Frun%2Fpostgresql'])
      expect(connectionAttempts(`postgres://me:p@${local}/app`)).toEqual([
        { connectionString: `postgres://me:p@${local}/app`, ssl: false },
      ]);
  });

  it('check the chain where require or verify-ca names an authority, and the name with verify-full alone', () => {
    const root = join(mkdtempSync(join(tmpdir(), 'tls-')), 'root.crt');
    writeFileSync(root, 'certificate');
    for (const mode of ['require', 'verify-ca'])
      expect(at(`?sslmode=${mode}&sslrootcert=${root}`)).toMatchObject([
        { ssl: { ca: 'certificate', checkServerIdentity: expect.any(Function) as unknown } },
      ]);
    expect(at(`?sslrootcert=${root}`).map(({ ssl }) => ssl)).toEqual([{ ca: 'certificate' }]);
  });

  it('leave the other parameters of the connection string to the driver', () => {
    expect(at('?options=-csearch_path%3Da&sslmode=require&keepalives=1')).toMatchObject([
      { connectionString: 'postgres://me@db.example/app?options=-csearch_path%3Da&keepalives=1' },
    ]);
  });

  it('that do not exist, or lack what they need, are refused by name', () => {
    expect(() => at('?sslmode=on')).toThrow('sslmode=on is none of disable, allow');
    expect(() => at('?sslmode=verify-ca')).toThrow('sslmode=verify-ca needs sslrootcert=FILE');
    expect(() => at('?sslmode=require&sslrootcert=/nowhere/root.crt')).toThrow(
      'sslrootcert=/nowhere/root.crt cannot be read',
    );
  });
});
