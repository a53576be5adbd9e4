/** Something that happened and must stay provable: every authentication decision and every change by an administrator. */
export interface AuditEvent {
  /** Dotted noun and verb: `login`, `token.issued`, `client.created`. */
  readonly action: string;
  readonly outcome: 'success' | 'failure';
  readonly actor: {
    readonly type: 'user' | 'client' | 'system' | 'anonymous';
    readonly id?: string;
    readonly name?: string;
  };
  readonly clientId?: string;
  readonly target?: { readonly type: string; readonly id: string };
  /** Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Where an event came from. */
export interface RequestOrigin {
  readonly ip?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
}

/** An event in its place in the chain. */
export interface ChainedAuditEvent extends AuditEvent, RequestOrigin {
  readonly seq: number;
  readonly at: Date;
  readonly previousHash: string;
  readonly hash: string;
}
