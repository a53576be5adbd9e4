const MOST_A_SECOND = 10;

/** Tells of refused commands, but not more often than somebody could read. */
export class RefusalLog {
  private second = 0;
  private told = 0;
  private untold = 0;

  constructor(private readonly tell: (facts: Readonly<Record<string, unknown>>) => void) {}

  add(kind: string, command: string): void {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.told = 0;
    }
    if (this.told >= MOST_A_SECOND) {
      this.untold += 1;
      return;
    }
    this.told += 1;
    this.tell({ kind, command, ...(this.untold > 0 ? { untold: this.untold } : {}) });
    this.untold = 0;
  }
}
