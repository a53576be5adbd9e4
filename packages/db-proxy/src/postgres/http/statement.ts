import type { Connection, Submittable } from 'pg';

export interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

export interface StatementResult {
  readonly columns: readonly Column[] | undefined;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly isTruncated: boolean;
  /** `INSERT 0 1` */
  readonly tag: string;
}

export interface StatementLimits {
  readonly rows: number;
  readonly bytes: number;
}

export interface StatementWish {
  readonly text: string;
  /** The texts of the parameters, once it is known of which types they are. */
  readonly bind: (types: readonly number[]) => Promise<readonly (string | null)[]>;
  readonly limits: StatementLimits;
  /** More has come than is taken: the statement has to be stopped. */
  readonly onOverflow: () => void;
}

/** What `pg` calls of a connection and does not declare. */
interface Wire {
  parse(query: { readonly text: string }): void;
  describe(what: { readonly type: 'S'; readonly name: '' }): void;
  flush(): void;
  bind(config: { readonly values: readonly (string | null)[] }): void;
  execute(config: { readonly rows: number }): void;
  sync(): void;
  once(event: string, listener: (message: never) => void): void;
  off(event: string, listener: (message: never) => void): void;
}

/**
 * One statement by the extended protocol. `pg` hands out neither the types of the parameters nor part of the rows, and both are needed here: it takes
 * objects like this one to do what it cannot.
 */
export class Statement implements Submittable {
  private wire: Wire | undefined;
  private columns: readonly Column[] | undefined;
  private readonly rows: (string | null)[][] = [];
  private bytes = 0;
  private isTruncated = false;
  private hasSynced = false;
  private tag = '';
  private types: readonly number[] = [];
  private resolve: (result: StatementResult) => void = () => undefined;
  private reject: (error: unknown) => void = () => undefined;
  readonly result = new Promise<StatementResult>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(private readonly wish: StatementWish) {}

  submit = (connection: Connection): void => {
    const wire = connection as unknown as Wire;
    this.wire = wire;
    wire.once('parameterDescription', this.onTypes);
    wire.once('noData', this.onDescribed);
    wire.parse({ text: this.wish.text });
    wire.describe({ type: 'S', name: '' });
    wire.flush();
  };

  handleRowDescription({ fields }: { readonly fields: readonly Column[] }): void {
    this.columns = fields;
    this.onDescribed();
  }

  handleDataRow({ fields }: { readonly fields: (string | null)[] }): void {
    const { limits, onOverflow } = this.wish;
    if (this.bytes > limits.bytes) return;
    for (const field of fields) this.bytes += field === null ? 0 : field.length;
    if (this.bytes > limits.bytes) {
      this.rows.length = 0;
      onOverflow();
    } else if (this.rows.length >= limits.rows) this.isTruncated = true;
    else this.rows.push(fields);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.tag = text;
  }

  handlePortalSuspended(): void {
    this.isTruncated = true;
  }

  handleEmptyQuery(): void {
    this.tag = '';
  }

  handleError(error: Error): void {
    this.sync();
    this.leave();
    this.reject(error);
  }

  handleReadyForQuery(): void {
    this.leave();
    const { columns, rows, isTruncated, tag } = this;
    this.resolve({ columns, rows, isTruncated, tag });
  }

  private readonly onTypes = ({ dataTypeIDs }: { readonly dataTypeIDs: readonly number[] }): void => {
    this.types = dataTypeIDs;
  };

  private readonly onDescribed = (): void => {
    this.leave();
    void this.execute();
  };

  private async execute(): Promise<void> {
    try {
      const values = await this.wish.bind(this.types);
      this.wire?.bind({ values });
      // One more than is wanted tells whether there are more.
      this.wire?.execute({ rows: this.wish.limits.rows + 1 });
    } catch (error) {
      this.reject(error);
    }
    this.sync();
  }

  private sync(): void {
    if (this.hasSynced) return;
    this.hasSynced = true;
    this.wire?.sync();
  }

  private leave(): void {
    this.wire?.off('parameterDescription', this.onTypes);
    this.wire?.off('noData', this.onDescribed);
  }
}
