/** The way back for an operator who has looked at a log whose end is gone or was changed. */
import type { AuditEntry } from '../../../model/audit-event.js';
import type { SecretBox } from '../../../ports/crypto/secret-box.js';
import type { Pool } from '../pool.js';
import { sql } from '../sql.js';
import { transaction } from '../transaction.js';
import { appendEvents } from './append.js';
import { headFromSeals, isWhole, readHead, writeHead } from './head.js';

/** Makes the end of the log anew from its last seal, and records that. A log that is whole is left as it is. */
export async function restoreHead(pool: Pool, box: SecretBox, at: Date): Promise<void> {
  await transaction(pool, async (tx) => {
    const made = await tx.count(sql`
      insert into audit_head (seal, seq, hash, start_seal, start_seq, start_hash)
      values (0, 0, sha256(''), 0, 0, sha256('')) on conflict do nothing`);
    await tx.query(sql`select from audit_head for update`);
    const found = await readHead(tx, box);
    if (made === 0 && found !== undefined && isWhole(found)) return;
    const head = await headFromSeals(tx);
    await writeHead(tx, head, box);
    const event: AuditEntry = {
      action: 'audit.head_restored',
      outcome: 'success',
      actor: { type: 'system' },
      details: { was: made === 0 ? 'changed' : 'missing', seal: head.seal, seq: head.seq },
      at,
    };
    await appendEvents(tx, [event]);
  });
}
