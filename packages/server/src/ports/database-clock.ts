/** The one time that all nodes share: what is removed for all of them, or decided between them, goes by it. */
export interface DatabaseClock {
  now(): Promise<Date>;
}
