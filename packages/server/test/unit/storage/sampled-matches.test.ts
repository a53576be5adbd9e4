import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampledMatches } from '../../../src/storage/postgres/admin/users/search/sample/sampled-matches.ts';
import { Texts } from '../../../src/storage/postgres/admin/users/search/sample/texts.ts';
import type { UserSample } from '../../../src/storage/postgres/admin/users/search/sample/user-sample.ts';

const text = fc.option(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '_'), maxLength: 5 }));

describe('texts of a sample', () => {
  test('with a part are those that hold it', () => {
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 12 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'é', '_'), minLength: 1, maxLength: 3 }),
        (texts, part) => {
          expect(Array.from(new Texts(texts).with(part))).toEqual(
            texts.map((one) => (one?.includes(part) === true ? 1 : 0)),
          );
        },
      ),
    );
  });
});

/** Each stands for ten users; user 0 is the newest, the others came a hundred seconds apart. */
function sampleOf(names: readonly string[]): UserSample {
  const none = names.map(() => null);
  return {
    users: names.length * 10,
    size: names.length,
    texts: {
      username: new Texts(names),
      email: new Texts(names),
      given_name: new Texts(none),
      family_name: new Texts(none),
    },
    locale: none,
    zoneinfo: none,
    flags: names.map(() => 3),
    login_hour: none,
    second: names.map((_, index) => 10_000 - 100 * index),
  };
}

describe('a sample of the users', () => {
  const sample = sampleOf(['ada', 'grace', 'ada', 'grace', 'ada', 'ada', 'alan', 'ada']);

  test('says how many match, whatever the case, and between which times', () => {
    expect(sampledMatches(sample, { username: 'ADA' }).expected).toBe(50);
    expect(sampledMatches(sample, { username: 'ada', isActive: false }).expected).toBe(0);
    const early = sampledMatches(sample, { username: 'ada', createdBefore: new Date(9_700_000) });
    expect([early.expected, early.users()]).toEqual([30, 50]);
  });

  test('says how far down a list the matches reach that a page needs, and a little further', () => {
    const matches = sampledMatches(sample, { username: 'ada' });
    expect(matches.target(1, 10_000)).toBe(9800);
    expect(matches.target(10, 9900)).toBe(9500);
    expect(matches.target(40, 10_000)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('says how far down a list as many users reach', () => {
    const matches = sampledMatches(sample, { username: 'ada' });
    expect(matches.downTo(30, 10_000)).toBe(9700);
    expect(matches.downTo(80, 10_000)).toBe(Number.NEGATIVE_INFINITY);
    expect(matches.users(9900)).toBe(70);
  });

  test('of nobody says nothing', () => {
    const matches = sampledMatches(sampleOf([]), { username: 'ada' });
    expect([matches.expected, matches.users(), matches.target(25, 10_000)]).toEqual([0, 0, Number.NEGATIVE_INFINITY]);
  });
});
