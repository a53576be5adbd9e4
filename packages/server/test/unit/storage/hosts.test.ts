import { describe, expect, it } from 'vitest';
import { chooseHost, databaseHosts } from '../../../src/storage/postgres/connection/hosts.ts';

describe('database hosts', () => {
  it('are one for each host of the connection string, in order, looking for the one that takes writes', () => {
    expect(databaseHosts('postgres://me:p%40ss@one:5433,two,[::1]:5434/db?sslmode=require')).toEqual({
      urls: [
        'postgres://me:p%40ss@one:5433/db?sslmode=require',
        'postgres://me:p%40ss@two/db?sslmode=require',
        'postgres://me:p%40ss@[::1]:5434/db?sslmode=require',
      ],
      mustTakeWrites: true,
    });
  });

  it('need not take writes when there is only one, unless it is asked for', () => {
    expect(databaseHosts('postgresql://one/db').mustTakeWrites).toBe(false);
    expect(databaseHosts('postgresql://one/db?target_session_attrs=read-write')).toEqual({
      urls: ['postgresql://one/db'],
      mustTakeWrites: true,
    });
    expect(databaseHosts('postgres://a,b/db?target_session_attrs=any&sslmode=disable')).toEqual({
      urls: ['postgres://a/db?sslmode=disable', 'postgres://b/db?sslmode=disable'],
      mustTakeWrites: false,
    });
  });

  it('leave what they do not understand to the driver', () => {
    for (const other of ['/var/run/postgresql db', 'postgres:///db?host=/var/run/postgresql', 'nonsense']) {
      expect(databaseHosts(other)).toEqual({ urls: [other], mustTakeWrites: false });
    }
  });

  it('are moved on from once, however many notice at the same time that one has failed', () => {
    const host = chooseHost(databaseHosts('postgres://a,b,c/db?sslmode=disable'));
    const tried = host.current;
    host.failed(tried);
    host.failed(tried);
    expect(host.config).toEqual({ connectionString: 'postgres://b/db', ssl: false });
    host.failed(1);
    host.failed(2);
    expect(host.config).toEqual({ connectionString: 'postgres://a/db', ssl: false });
  });
});
