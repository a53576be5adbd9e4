import { describe, expect, test } from 'vitest';
import { type Column, table } from '../../src/terminal/table.js';
import { timeColumn } from '../../src/terminal/time-column.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created: string;
}

const now = new Date('2025-07-10T12:00:00Z');
const rows: readonly Row[] = [
  { id: '7f9a8b2c-1234-5678-9abc-def012345678', name: 'My Web App', created: '2025-07-10 10:00:00' },
  {
    id: '8e8b7a1d-5678-9012-cdef-345678901234',
    name: 'A rather long name of an application',
    created: '2025-07-10 11:00:00',
  },
];
const columns: readonly Column<Row>[] = [
  { title: 'Client ID', cell: ({ id }) => id },
  { title: 'Name', cell: ({ name }) => name, shrinksTo: 8 },
  { title: 'Created', cell: ({ created }) => created, optional: true },
];

describe('a table on a terminal', () => {
  test('is boxed as in the guide, with one rule below the head', async () => {
    const [top, head, rule, first, second, bottom, ...rest] = await table(columns, rows, { columns: 120, now });
    expect(top).toMatch(/^┌─+┬─+┬─+┐$/);
    expect(head).toMatch(/^│ Client ID +│ Name +│ Created +│$/);
    expect(rule).toMatch(/^├─+┼─+┼─+┤$/);
    expect(first).toContain('│ 7f9a8b2c-1234-5678-9abc-def012345678 │ My Web App ');
    expect(second).toContain('A rather long name of an application');
    expect(bottom).toMatch(/^└─+┴─+┴─+┘$/);
    expect(rest).toEqual([]);
  });

  test('never grows wider than the terminal, and never cuts an identifier', async () => {
    for (const width of [40, 60, 80, 100, 120]) {
      const lines = await table(columns, rows, { columns: width, now });
      const text = lines.join('\n');
      for (const { id } of rows) expect(text, String(width)).toContain(id);
      if (width >= 66) expect(Math.max(...lines.map((line) => line.length)), String(width)).toBeLessThanOrEqual(width);
    }
  });

  test('shortens what may be shortened before it gives up being a table', async () => {
    const lines = await table(columns, rows, { columns: 80, now });
    expect(lines[0]).toMatch(/^┌/);
    expect(lines.join('\n')).toContain('…');
  });

  test('becomes one card a row where no table fits', async () => {
    expect((await table(columns, rows, { columns: 40, now })).slice(0, 4)).toEqual([
      'Client ID: 7f9a8b2c-1234-5678-9abc-def012345678',
      'Name: My Web App',
      'Created: 2025-07-10 10:00:00',
      '',
    ]);
  });

  test('leaves out what is optional where cutting is not enough', async () => {
    const more: readonly Column<Row>[] = [...columns, { title: 'Note', cell: () => 'x'.repeat(30), optional: true }];
    expect((await table(more, rows, { columns: 160, now })).join('\n')).toContain('Note');
    expect((await table(more, rows, { columns: 100, now })).join('\n')).not.toContain('Note');
  });

  test('counts wide characters as the terminal does', async () => {
    const wide = [{ id: '1', name: '日本語', created: 'x' }];
    const lines = await table(columns, wide, { columns: 80, now });
    expect(lines[3]).toBe('│ 1         │ 日本語 │ x       │');
  });
});

describe('a table of 60 columns and more', () => {
  test.each([60, 70, 80])(
    'is a table of %i columns, however long its cells are: what is cut ends in …',
    async (width) => {
      const long: readonly Column<Row>[] = [
        { title: 'Session ID', cell: ({ id }) => `${id}${id}` },
        { title: 'Kind', cell: () => 'a rather long kind' },
        { title: 'Owner', cell: ({ name }) => name },
        { title: 'Status', cell: () => 'a status of several words' },
      ];
      const lines = await table(long, rows, { columns: width, now });
      expect(lines).toHaveLength(rows.length + 4);
      for (const line of lines) expect([...line]).toHaveLength(width);
      expect(lines[3]).toContain('…');
    },
  );
});

describe('a column of times', () => {
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
  const times: readonly (readonly [string | null, string])[] = [
    [at(-10), 'just now'],
    [at(-121), '2 minutes ago'],
    [at(-3601), '1 hour ago'],
    [at(-5 * 86_400), '5 days ago'],
    [at(3 * 86_400), 'in 3 days'],
    ['2024-01-02T03:04:05Z', '2024-01-02'],
    [null, 'never'],
  ];
  const column = timeColumn<(typeof times)[number]>('Used', ([time]) => time, { none: 'never' });

  test('says how long ago to people', () => {
    for (const row of times) expect(column.cell(row, now)).toBe(row[1]);
  });

  test('is a whole time in a pipe', async () => {
    const lines = await table([column], times.slice(-2), { columns: undefined, now });
    expect(lines).toEqual(['2024-01-02T03:04:05Z', 'never']);
  });
});

describe('a table in a pipe', () => {
  test('is whole values between tabs, without a head', async () => {
    expect(await table(columns, rows, { columns: undefined, now })).toEqual(
      rows.map((row) => `${row.id}\t${row.name}\t${row.created}`),
    );
  });

  test('stays one line a row, whatever a value holds', async () => {
    const evil = [{ id: 'a\tb\nc', name: '\u001b[2J\u009b31m\u202eabc', created: '\u0007' }];
    const [line] = await table(columns, evil, { columns: undefined, now });
    expect(line?.split('\t')).toHaveLength(3);
    expect(line).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u202e]/);
  });
});

test('nothing that a server sends can act on the terminal', async () => {
  const evil = [{ id: '\u001b]0;title\u0007', name: '\u001b[31mred\u001b[0m', created: '\u009b2J' }];
  for (const width of [undefined, 20, 120]) {
    const text = (await table(columns, evil, { columns: width, now })).join('\n');
    expect(text).not.toMatch(/[\u001b\u0007\u009b]/);
  }
});
