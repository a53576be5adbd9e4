/** What the server itself knows about the refresh tokens of one login. */
import { Client } from 'pg';

export interface RefreshLog {
  /** How many refresh tokens of the newest login were exchanged for another one. */
  rotations(): Promise<number>;
  /** How many times a login was ended because a used refresh token came back. */
  thefts(): Promise<number>;
  /** True when the newest login was revoked. */
  isRevoked(): Promise<boolean>;
  /** How many refreshes of the newest login the audit log tells of. */
  audited(): Promise<number>;
  close(): Promise<void>;
}

/** Looks into the database of a server. */
export async function openRefreshLog(databaseUrl: string): Promise<RefreshLog> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const newest = '(select grant_id from refresh_tokens order by created_at desc limit 1)';
  const count = async (query: string): Promise<number> => {
    const { rows } = await client.query<{ count: string }>(`select count(*) from ${query}`);
    return Number(rows[0]?.count);
  };
  return {
    rotations: () => count(`refresh_tokens where grant_id = ${newest} and consumed_at is not null`),
    thefts: () => count(`audit_events where action = 'refresh_token.reused'`),
    isRevoked: async () => (await count(`grants where id = ${newest} and revoked_at is not null`)) === 1,
    audited: () => count(`audit_events where action = 'token.refreshed' and target_id = ${newest}::text`),
    close: () => client.end(),
  };
}
