import { describe, expect, it } from 'vitest';
import { all, digits, json, sql, text, times, skipPreparing } from '../../../src/storage/postgres/sql.ts';

describe('the sql tag', () => {
  it('makes every value a parameter and every constant part of the text', () => {
    const columns = text`id, name`;
    const statement = sql`select ${columns} from things where id = ${7} and name = ${"'; drop table things; --"}`;
    expect(statement.text).toBe('select id, name from things where id = $1 and name = $2');
    expect(statement.values).toEqual([7, "'; drop table things; --"]);
  });

  it('gives a text one name, and another text another', () => {
    const [one, two] = [1, 2].map((id) => sql`select from things where id = ${id}`);
    expect(one?.name).toBe(two?.name);
    expect(one?.name).not.toBe(sql`select from others where id = ${1}`.name);
    expect(one?.name.length).toBeLessThan(64);
  });

  it('notices that a constant part is another one in the same place', () => {
    const [one, two, again] = [text`one`, text`two`, text`one`].map((table) => sql`delete from ${table}`);
    expect([one?.text, two?.text]).toEqual(['delete from one', 'delete from two']);
    expect(one?.name).not.toBe(two?.name);
    expect(one?.name).toBe(again?.name);
  });

  it('takes statements as parts of a statement, with their values in their places', () => {
    const named = (name: string) => sql`lower(name) = ${name}`;
    const conditions = [named('ada'), sql`(created_at, id) < (${1}, ${2})`];
    const page = (limit: number) => sql`select ${text`id`} from users where ${all(conditions)} limit ${limit}`;
    expect(page(5).text).toBe(
      'select id from users where true and lower(name) = $1 and (created_at, id) < ($2, $3) limit $4',
    );
    expect(page(5).values).toEqual(['ada', 1, 2, 5]);
    expect(page(5).name).toBe(page(6).name);
    conditions.pop();
    expect(page(7)).toMatchObject({
      text: 'select id from users where true and lower(name) = $1 limit $2',
      values: ['ada', 7],
    });
    expect(sql`${sql`${1} + ${2}`} = ${3}`.text).toBe('$1 + $2 = $3');
    expect(sql`select ${all([])}`.text).toBe('select true');
  });

  it('leaves what is inside quotes as it is', () => {
    expect(sql`select 'two  spaces'`.text).toBe("select 'two  spaces'");
  });

  it('writes times in UTC and what is undefined as null', () => {
    const time = new Date('2026-01-02T03:04:05.006Z');
    expect(sql`select ${time}, ${undefined}, ${times([time])}, ${['a', undefined]}`.values).toEqual([
      '2026-01-02T03:04:05.006Z',
      null,
      ['2026-01-02T03:04:05.006Z'],
      ['a', null],
    ]);
  });

  it('says of times that PostgreSQL cannot read on which side of all others they lie', () => {
    const [early, late] = [new Date('-000882-01-01T00:00:00Z'), new Date('+010000-01-01T00:00:00Z')];
    expect(sql`select ${early}, ${times([late, new Date('0001-01-01T00:00:00Z')])}`.values).toEqual([
      '-infinity',
      ['infinity', '0001-01-01T00:00:00.000Z'],
    ]);
  });

  it('sends nothing that PostgreSQL would refuse as text', () => {
    expect(sql`select ${'a\0b'}, ${['c\0']}`.values).toEqual(['a\uFFFDb', ['c\uFFFD']]);
    const [written] = sql`select ${json({ 'k\0': ['v\0', '\ud800', 'whole 😀', 1, null], plain: '\\u0000' })}`.values;
    expect(JSON.parse(String(written))).toEqual({
      'k\uFFFD': ['v\uFFFD', '\uFFFD', 'whole 😀', 1, null],
      plain: '\\u0000',
    });
  });

  it('takes only digits into a name', () => {
    expect(skipPreparing(sql`drop table day_${digits('20260101')}`)).toMatchObject({
      name: '',
      text: 'drop table day_20260101',
      values: [],
    });
    expect(() => digits('1; drop table users')).toThrow();
  });
});
