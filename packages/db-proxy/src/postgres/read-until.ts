import type { Duplex } from 'node:stream';

const EVENTS = ['readable', 'end', 'close', 'error'] as const;

/** Reads what `read` takes of the beginning of a stream, and leaves the rest where it is. `undefined` when the stream ends before. */
export async function readUntil<T extends { readonly length: number }>(
  stream: Duplex,
  read: (bytes: Buffer) => T | undefined,
): Promise<T | undefined> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      bytes = Buffer.concat([bytes, chunk]);
      const found = read(bytes);
      if (found !== undefined) {
        if (bytes.length > found.length) stream.unshift(bytes.subarray(found.length));
        return found;
      }
      continue;
    }
    if (stream.destroyed || stream.readableEnded) return undefined;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        for (const event of EVENTS) stream.off(event, go);
        resolve();
      };
      for (const event of EVENTS) stream.on(event, go);
    });
  }
}
