/** The one way out to addresses that come from others: what they point to must not be what only this machine can reach. */
export interface Outbound {
  /** GETs a document. @throws OutboundError */
  fetchDocument(url: string, wish: DocumentWish): Promise<Buffer>;
  /** POSTs a form and says with which status it was answered. What the answer says is read by nobody. @throws OutboundError */
  postForm(url: string, form: Readonly<Record<string, string>>, wish: OutboundWish): Promise<number>;
}

export interface OutboundWish {
  /** What for, in a word or two: a label of metrics and logs. */
  readonly purpose: string;
  readonly timeoutMs?: number;
}

export interface DocumentWish extends OutboundWish {
  /** Media types that will do, as the Accept header names them; an answer that names another one is refused. */
  readonly types: readonly string[];
  readonly maxBytes?: number;
}

/** What was fetched is never part of the message: the caller must learn nothing about a network that is not theirs. */
export class OutboundError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'OutboundError';
  }
}
