/** Collects pieces of buffers that go out in one write. Neighbours of one buffer stay together. */
export class Gather {
  private parts: Buffer[] = [];
  private source: Buffer | undefined;
  private from = 0;
  private to = 0;
  bytes = 0;

  add(whole: Buffer): void {
    this.addRange(whole, 0, whole.length);
  }

  addRange(source: Buffer, from: number, to: number): void {
    if (from === to) return;
    this.bytes += to - from;
    if (source === this.source && from === this.to) {
      this.to = to;
      return;
    }
    this.closePart();
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /** What was collected, and empties itself. */
  take(): Buffer | undefined {
    if (this.bytes === 0) return undefined;
    this.closePart();
    const { parts, bytes } = this;
    this.parts = [];
    this.bytes = 0;
    return parts.length === 1 ? parts[0] : Buffer.concat(parts, bytes);
  }

  private closePart(): void {
    if (this.source !== undefined)
      this.parts.push(
        this.from === 0 && this.to === this.source.length ? this.source : this.source.subarray(this.from, this.to),
      );
    this.source = undefined;
  }
}
