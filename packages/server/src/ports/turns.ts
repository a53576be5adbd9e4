/** Lets work on the same key pass a few at a time, in this process. */
export interface Turns {
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}
