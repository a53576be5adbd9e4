import { expect, it } from 'vitest';
import { systemRandom } from '../../../src/platform/system-random.ts';
import { makeTokenId } from '../../../src/protocol/token/token-id.ts';
import { createTestClock } from '../../support/clock.ts';
import { NOW } from './given.ts';

it('ids of access tokens lie side by side when they are made in the same minute, and are never the same', () => {
  const clock = createTestClock(NOW);
  const made = (): string => makeTokenId({ clock, random: systemRandom });
  const ids = Array.from({ length: 1000 }, made);
  expect(new Set(ids).size).toBe(1000);
  expect(new Set(ids.map((id) => id.slice(0, 4))).size).toBe(1);
  expect(ids[0]).toMatch(/^[A-Za-z0-9_-]{22}$/);
  clock.advance(60);
  expect(made().slice(0, 4)).not.toBe(ids[0]?.slice(0, 4));
});
