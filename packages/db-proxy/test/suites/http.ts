import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Setting } from '../support/setting.ts';

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The HTTP that the databases are asked by, asked by curl. */
export function describeHttp(setting: () => Setting): void {
  async function curl(path: string, ...more: readonly string[]): Promise<Answer> {
    const child = spawn('curl', [
      '-s',
      '-i',
      '--max-time',
      '60',
      `http://127.0.0.1:${setting().proxy.port}${path}`,
      ...more,
    ]);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
    await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    const [head = '', text = ''] = output.split(/\r\n\r\n(.*)/s);
    const json = (/application\/json/.test(head) ? JSON.parse(text) : {}) as Answer['json'];
    return { status: Number(head.split(' ')[1]), headers: head, text, json };
  }

  const post = (token: string, body: unknown): Promise<Answer> =>
    curl('/query', '-H', `Authorization: Bearer ${token}`, '--json', JSON.stringify(body));
  const ask = (query: string, params?: readonly unknown[]): Promise<Answer> =>
    post(setting().reader, { query, params });
  const rows = async (query: string, params?: readonly unknown[]): Promise<unknown> =>
    (await ask(query, params)).json['data'];

  describe('HTTP on the port of PostgreSQL', () => {
    it('answers rows, their number and their columns', async () => {
      expect(await ask('select id, owner from shop.orders where id = $1', [1])).toMatchObject({
        status: 200,
        json: {
          data: [{ id: 1, owner: 'nobody' }],
          row_count: 1,
          fields: [
            { name: 'id', type: 'integer' },
            { name: 'owner', type: 'text' },
          ],
          truncated: false,
        },
      });
    });

    it('says what a statement without rows did, and keeps it', async () => {
      const { writer } = setting();
      expect(
        await post(writer, { query: 'insert into shop.orders values ($1, $2)', params: [77, 'curl'] }),
      ).toMatchObject({
        status: 200,
        json: { message: 'INSERT 0 1', affected_rows: 1 },
      });
      expect(await rows('select owner from shop.orders where id = 77')).toEqual([{ owner: 'curl' }]);
      expect(
        (await post(writer, { query: 'delete from shop.orders where id = 77 returning owner' })).json['data'],
      ).toEqual([{ owner: 'curl' }]);
    });

    it.each([
      ['true', true],
      ['1::int2', 1],
      ['9007199254740991::int8', 9007199254740991],
      ['9007199254740993::int8', '9007199254740993'],
      ['1.10::numeric', '1.10'],
      ["'NaN'::numeric", 'NaN'],
      ['0.1::float8', 0.1],
      ["'-Infinity'::float8", '-Infinity'],
      ['\'{"a": [1, null]}\'::json', { a: [1, null] }],
      ["'2026-12-01 06:00:00.5+02'::timestamptz", '2026-12-01T04:00:00.5Z'],
      ["'2026-12-01 06:00:00'::timestamp", '2026-12-01T06:00:00'],
      ["'infinity'::timestamptz", 'infinity'],
      ["'0044-03-15 BC'::date", '0044-03-15 BC'],
      ["'1 year 2 days 03:04:05'::interval", 'P1Y2DT3H4M5S'],
      ["'\\x00ff'::bytea", 'AP8='],
      ["'c7b6ba2e-2f0e-4f5c-8f7a-3a1d5a9c0d11'::uuid", 'c7b6ba2e-2f0e-4f5c-8f7a-3a1d5a9c0d11'],
      ["array['a,\"b', null]", ['a,"b', null]],
      [
        'array[[1, 2], [3, 4]]',
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ["array['\\x01'::bytea]", ['AQ==']],
      ["'[5:6]={1,2}'::int[]", [1, 2]],
      ['array[\'so so, "really"\'::shop.mood]', ['so so, "really"']],
      ['array[1.5::shop.amount]', ['1.50']],
      ["'1 2'::int2vector", '1 2'],
      ["'(1,1),(0,0)'::box", '(1,1),(0,0)'],
      ["row(1, 'x')", '(1,x)'],
      ["'[1,3)'::int4range", '[1,3)'],
      ['null::int', null],
    ])('writes %s as JSON', async (expression, value) => {
      expect(await rows(`select ${expression} as value`)).toEqual([{ value }]);
    });

    it('takes as parameters what it answers', async () => {
      const query =
        'select $1::bytea as a, $2::jsonb as b, $3::timestamptz as c, $4::interval as d, $5::numeric[] as e, $6::text[] as f, $7::int8 as g, $8::jsonb as h';
      const params = [
        'AP8=',
        { x: 1 },
        '2026-12-01T04:00:00.5Z',
        'P1Y2DT3H4M5S',
        ['1.10', null],
        ['a,"b\\', ''],
        '9007199254740993',
        'text',
      ];
      const [row] = (await rows(query, params)) as [Record<string, unknown>];
      expect(Object.values(row)).toEqual(params);
    });

    it('keeps both of two columns that have one name', async () => {
      expect(await rows('select 1 as a, 2 as a')).toEqual([{ a: 1, a_2: 2 }]);
    });

    it.each([
      ['syntax', 'selekt', 400],
      ['two statements', 'select 1; select 2', 400],
      ['nothing', ' -- nothing', 400],
      ['a transaction', 'commit', 400],
      ['COPY', 'copy shop.orders to stdout', 400],
      ['a table that is not there', 'select * from shop.nothing', 400],
      ['a table without rights', 'select * from public.users', 403],
      ['what the guard refuses', 'select pg_sleep(1)', 403],
      ['a write by a reader', 'delete from shop.orders', 403],
    ])('refuses %s', async (_, query, status) => {
      const answer = await ask(query);
      expect(answer).toMatchObject({ status, json: { error: expect.stringMatching(/./) } });
    });

    it('tells a constraint apart from other mistakes', async () => {
      expect(await post(setting().writer, { query: "insert into shop.orders values (1, 'again')" })).toMatchObject({
        status: 409,
        json: { code: '23505' },
      });
    });

    it('gives ten thousand rows, and says that there are more', async () => {
      const { json } = await ask('select generate_series(1, 10001) as n');
      expect(json).toMatchObject({ row_count: 10_000, truncated: true });
      expect((await ask('select generate_series(1, 10000) as n')).json).toMatchObject({
        row_count: 10_000,
        truncated: false,
      });
    });

    it.each([
      "select repeat('x', 9000000)",
      "select repeat('x', 100000000)",
      "select repeat('x', 9000) from generate_series(1, 1000)",
    ])('refuses an answer of more than 8 MB: %s', async (query) => {
      expect((await ask(query)).status).toBe(413);
      expect((await ask('select 1 as one')).json).toMatchObject({ data: [{ one: 1 }] });
    });

    it('stops a query that takes longer than it may', async () => {
      const query = 'select count(*) from generate_series(1, 1000000000)';
      expect((await post(setting().reader, { query, timeout: 0.2 })).status).toBe(408);
    });

    it('undoes what a request set, before the same connection serves the next', async () => {
      await ask("select set_config('search_path', 'shop', false), set_config('my.own', 'x', false)");
      expect(await rows("select current_setting('search_path') as p, current_setting('my.own', true) as o")).toEqual([
        { p: expect.stringContaining('public'), o: expect.not.stringContaining('x') },
      ]);
    });

    it('tells the database who is calling', async () => {
      expect(await rows('select authly.user_id() as id')).toEqual([{ id: setting().alice.user.id }]);
    });

    it.each([
      [401, 'no token', ['--json', '{"query":"select 1"}']],
      [401, 'another kind of login', ['-u', 'a:b', '--json', '{"query":"select 1"}']],
      [401, 'a token that is none', ['-H', 'Authorization: Bearer nonsense', '--json', '{"query":"select 1"}']],
    ])('answers %i to %s', async (status, _, more) => {
      const answer = await curl('/query', ...more);
      expect(answer).toMatchObject({ status, json: { error: expect.any(String) } });
      expect(answer.headers).toMatch(/^www-authenticate: Bearer/im);
    });

    it('answers 403 to a token without a scope of databases, and names the scope', async () => {
      const answer = await post(await setting().token(['openid']), { query: 'select 1' });
      expect(answer.status).toBe(403);
      expect(answer.headers).toMatch(/error="insufficient_scope"/);
    });

    it.each([
      [400, 'no query', '{}'],
      [400, 'params that are no array', '{"query":"select 1","params":{}}'],
      [400, 'too few params', '{"query":"select $1::int"}'],
      [400, 'a zero byte', '{"query":"select 1\\u0000; drop"}'],
      [400, 'no JSON', '{'],
      [400, 'an array', '[]'],
      [400, 'a timeout of an hour', '{"query":"select 1","timeout":3600}'],
      [400, 'digits that are lost', '{"query":"select $1::int8","params":[9007199254740993]}'],
    ])('answers %i to %s', async (status, _, body) => {
      const answer = await curl('/query', '-H', `Authorization: Bearer ${setting().reader}`, '--json', body);
      expect(answer.status).toBe(status);
    });

    it('takes no more than a megabyte', async () => {
      const body = `{"query":"select 1 -- ${'x'.repeat(1_100_000)}"}`;
      const answer = await fetch(`http://127.0.0.1:${setting().proxy.port}/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${setting().reader}`, 'content-type': 'application/json' },
        body,
      });
      expect(answer.status).toBe(413);
    });

    // @attack database HTTP from a page or smuggled (proxies 51)
    it('is not open to pages of other sites, nor to requests that two servers read differently', async () => {
      const form = await curl('/query', '-H', `Authorization: Bearer ${setting().reader}`, '-d', 'query=select 1');
      expect(form.status).toBe(415);
      const preflight = await curl('/query', '-X', 'OPTIONS', '-H', 'Origin: https://other.example');
      expect(preflight.status).toBe(405);
      expect(preflight.headers).not.toMatch(/access-control/i);
      expect((await curl('/metrics', '-H', 'Host: other.example')).status).toBe(403);
      const smuggled = await speak(
        setting().proxy.port,
        'POST /query HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n',
      );
      expect(smuggled).toMatch(/^HTTP\/1\.1 400 /);
      expect(smuggled).not.toContain('healthy');
    });

    // @attack protocol switched on a live connection (proxies 13)
    it('stays what the first bytes made of a connection', async () => {
      const { port } = setting().proxy;
      const startUp = Buffer.from('\0\0\0\x22\0\x03\0\0user\0token\0database\0shop\0\0', 'latin1');
      startUp.writeInt32BE(startUp.length, 0);
      expect(
        await speak(port, Buffer.concat([startUp, Buffer.from('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')])),
      ).not.toContain('HTTP/1.1');
      expect(
        await speak(port, Buffer.concat([Buffer.from('GET /health HTTP/1.1\r\nHost: x\r\n\r\n'), startUp])),
      ).toMatch(/^HTTP\/1\.1 (200|400)/);
    });

    it('says whether it is well, and what Prometheus wants to know', async () => {
      expect(await curl('/health')).toMatchObject({ status: 200, json: { status: 'healthy' } });
      const { text } = await curl('/metrics');
      expect(text).toMatch(/^authly_proxy_logins_total\{result="granted"\} \d+/m);
      expect(text).toMatch(/^authly_proxy_statements_total\{class="read"\} \d+/m);
      expect(text).toMatch(/^authly_proxy_slots_free\{class="r"\} \d/m);
      expect(text).not.toContain(setting().alice.user.username);
      expect((await curl('/nothing')).status).toBe(404);
    });

    it('takes a newer token of the same login for the sessions of the older one', async () => {
      const answer = await curl('/session', '-X', 'POST', '-H', `Authorization: Bearer ${setting().reader}`);
      expect(answer.status).toBe(204);
    });
  });
}

/** Sends bytes, and answers everything that comes until the other side has said enough. */
function speak(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    let output = '';
    socket.on('data', (part) => (output += part.toString('latin1')));
    socket.once('error', reject);
    socket.once('close', () => resolve(output));
  });
}
