import { RespFault } from '../codec/fault.js';
import type { Value } from '../codec/values.js';
import type { Due } from './pending-replies.js';

type Change = ((value: Value) => Value) | undefined;

/** What was queued since MULTI, and how each of its replies is changed when EXEC brings them. */
export class Transaction {
  isOpen = false;
  private changes: Change[] = [];

  begin(): void {
    this.isOpen = true;
  }

  end(): void {
    this.isOpen = false;
    this.changes = [];
  }

  queue(change: Change): void {
    this.changes.push(change);
  }

  takeReply(): Due {
    const { changes } = this;
    this.end();
    if (changes.every((change) => change === undefined)) return { kind: 'pass', count: 1 };
    return {
      kind: 'rewrite',
      rewrite: (value) => {
        // An error, or nothing because a watched key had changed.
        if (value.kind !== 'list') return value;
        if (value.items.length !== changes.length) throw new RespFault('EXEC did not run what was queued');
        return { ...value, items: value.items.map((item, index) => changes[index]?.(item) ?? item) };
      },
    };
  }
}
