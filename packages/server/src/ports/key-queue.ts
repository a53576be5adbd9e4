/** Runs work on the same key a few at a time, in this process; the rest waits in a queue. */
export interface KeyQueue {
  run<T>(key: string, work: () => Promise<T>): Promise<T>;
}
