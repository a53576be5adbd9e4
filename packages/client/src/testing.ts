/** `@authly/client/testing`: stand-ins for time, people and disks, for the tests of programs that use this package. */
export { createFakeClock } from './fakes/fake-clock.js';
export type { FakeClock } from './fakes/fake-clock.js';
export { createFakeTerminal } from './fakes/fake-terminal.js';
export type { FakeTerminal } from './fakes/fake-terminal.js';
export { createMemoryStore } from './store/memory-store.js';
