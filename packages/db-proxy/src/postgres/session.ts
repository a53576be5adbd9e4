import { randomBytes } from 'node:crypto';
import { FrameScanner, ProtocolFault } from './codec/frames.js';
import { type ErrorReport, writeError, writeMessage, writeQuery, writeText } from './codec/messages.js';
import { hintOfDenial } from './roles/open-columns.js';
import type { Guard, Rights, StatementClass } from './guard/guard.js';

export type Action = { readonly to: 'server' | 'client'; readonly bytes: Buffer } | { readonly to: 'end' };

/** Is told of every statement, and of what was refused. */
export interface StatementTally {
  statement(statementClass: StatementClass): void;
  refused(report: ErrorReport): void;
}

const MARK = 'authly_refused_';
const LONGEST = 64 * 1024 * 1024;

/**
 * One connection after its login: what comes from either side becomes what goes to the other. It knows no socket and no clock.
 *
 * A statement that is refused is replaced by one word that no server understands, and the server's complaint about that word by ours on its way
 * back. So the state of the transaction, and what an error makes the server skip, stay the server's business.
 */
export class PostgresSession {
  private readonly fromClient = new FrameScanner({
    whole: 'QPFSX',
    pieces: 'BCDEHcdf',
    longestWhole: LONGEST,
    longest: LONGEST,
  });
  private readonly fromServer = new FrameScanner({ whole: 'EZ', longestWhole: LONGEST, longest: 0x7fff_ffff });
  private readonly refusals = new Map<string, ErrorReport>();
  /** Answers that the server owes: one for each Query, Sync and FunctionCall. */
  private owed = 0;
  private status = 'I';

  constructor(
    private readonly guard: Guard,
    private readonly rights: Rights,
    private readonly tally: StatementTally,
  ) {}

  get isBusy(): boolean {
    return this.owed > 0;
  }

  get isInTransaction(): boolean {
    return this.status !== 'I';
  }

  readClient(chunk: Buffer): Action[] {
    return this.fromClient.scan(chunk).map((event): Action => {
      if (event.kind === 'piece') return { to: 'server', bytes: event.bytes };
      switch (event.type) {
        case 'Q':
          this.owed += 1;
          return this.readQuery(event.bytes);
        case 'P':
          return this.readParse(event.bytes);
        case 'F':
          this.owed += 1;
          return {
            to: 'server',
            bytes: writeQuery(this.replace(refuse('calls of functions outside of SQL are refused'))),
          };
        case 'S':
          this.owed += 1;
          return { to: 'server', bytes: event.bytes };
        default:
          return { to: 'end' };
      }
    });
  }

  readServer(chunk: Buffer): Action[] {
    return this.fromServer.scan(chunk).map((event): Action => {
      if (event.kind === 'message' && event.type === 'Z') {
        this.owed = Math.max(0, this.owed - 1);
        this.status = String.fromCharCode(event.bytes[5] ?? 0);
        if (this.owed === 0) this.refusals.clear();
      }
      const bytes = event.kind === 'message' && event.type === 'E' ? this.readError(event.bytes) : event.bytes;
      return { to: 'client', bytes };
    });
  }

  private readQuery(bytes: Buffer): Action {
    const end = endOfText(bytes, 5);
    if (end !== bytes.length - 1) throw new ProtocolFault('a query that goes on after its end');
    const word = this.judge(bytes.subarray(5, end));
    return { to: 'server', bytes: word === undefined ? bytes : writeQuery(word) };
  }

  private readParse(bytes: Buffer): Action {
    const name = endOfText(bytes, 5);
    const end = endOfText(bytes, name + 1);
    const word = this.judge(bytes.subarray(name + 1, end));
    if (word === undefined) return { to: 'server', bytes };
    return { to: 'server', bytes: writeMessage('P', bytes.subarray(5, name + 1), writeText(word), Buffer.alloc(2)) };
  }

  /** The word to send instead of a text that may not run. */
  private judge(text: Buffer): string | undefined {
    const { refusal, class: statementClass } = this.guard.judge(text, this.rights);
    this.tally.statement(statementClass);
    return refusal === undefined ? undefined : this.replace(refusal);
  }

  private replace(refusal: ErrorReport): string {
    this.tally.refused(refusal);
    const word = MARK + randomBytes(8).toString('hex');
    if (this.refusals.size >= 10_000) throw new ProtocolFault('too many refused statements at once');
    this.refusals.set(word, refusal);
    return word;
  }

  private readError(bytes: Buffer): Buffer {
    const text = bytes.toString('latin1');
    const word = /authly_refused_[0-9a-f]{16}/.exec(text)?.[0];
    const refusal = word === undefined ? undefined : this.refusals.get(word);
    if (word !== undefined && refusal !== undefined) {
      this.refusals.delete(word);
      return writeError(refusal, 'ERROR');
    }
    const hint = hintOfDenial(/\0M([^\0]*)\0/.exec(text)?.[1] ?? '');
    return hint === undefined
      ? bytes
      : writeMessage('E', bytes.subarray(5, -1), writeText(`H${hint}`), Buffer.alloc(1));
  }
}

function endOfText(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0, from);
  if (end < 0) throw new ProtocolFault('a text that does not end');
  return end;
}

function refuse(message: string): ErrorReport {
  return { code: '42501', message };
}
