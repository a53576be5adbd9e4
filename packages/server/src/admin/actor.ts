import type { AuditEvent, RequestOrigin } from '../model/audit-event.js';
import type { User } from '../model/people/user.js';
import type { Transaction } from '../ports/store/transaction.js';
import type { LiveToken } from '../protocol/token-state/live-token.js';

/** Who changes something, with what, and from where. */
export interface Actor {
  readonly user: User;
  readonly token: Omit<LiveToken, 'user' | 'claims'>;
  readonly origin: RequestOrigin;
}

/** A command of the operator that works on the database itself: nobody is signed in, so only the command has a name. */
export interface OperatorCommand {
  readonly command: string;
}

/** Writes a change into the audit log, in the transaction of the change. `details` never holds a secret. */
export function recordChange(
  actor: Actor | OperatorCommand,
  change: Pick<AuditEvent, 'action' | 'target' | 'details'>,
  tx: Pick<Transaction, 'record'>,
): void {
  if ('command' in actor) {
    tx.record({ ...change, outcome: 'success', actor: { type: 'system', name: actor.command } }, {});
    return;
  }
  tx.record(
    {
      ...change,
      outcome: 'success',
      actor: { type: 'user', id: actor.user.id, name: actor.user.username },
      ...(actor.token.clientId !== undefined && { clientId: actor.token.clientId }),
      details: {
        ...change.details,
        // An API key acts for its owner; which key it was must stay visible.
        ...(actor.token.kind === 'api_key' && { api_key: actor.token.jti }),
      },
    },
    actor.origin,
  );
}
