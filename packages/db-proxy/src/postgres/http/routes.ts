import type { IncomingMessage } from 'node:http';
import type { HttpRoute } from '../../http/http-door.js';
import { HttpRefusal } from '../../http/refusal.js';
import { readJson, readToken } from '../../http/request.js';
import type { House } from '../house.js';
import type { Admission } from '../login.js';
import { writeAnswer } from './answer.js';
import { refusalOfLogin } from './errors.js';
import type { KeptBackends } from './kept-backends.js';
import { type QueryRequest, runQuery } from './run-query.js';
import { Types } from './types.js';

const LONGEST_SECONDS = 30;
/** As many as the protocol has numbers for. */
const MOST_PARAMETERS = 65_535;

/** What can be asked over HTTP. @spec surface §6.1 */
export function postgresRoutes(house: House, backends: KeptBackends): Readonly<Record<string, HttpRoute>> {
  const types = new Types(house.manager);
  return {
    '/query': {
      method: 'POST',
      for: 'callers',
      async answer(request, left) {
        const { token, admission } = await admit(request, house);
        const query = readQuery(await readJson(request));
        const result = await runQuery(query, { house, backends, types, admission, token, left });
        const found = await types.find((result.columns ?? []).map(({ dataTypeID }) => dataTypeID));
        return { status: 200, body: writeAnswer(result, found) };
      },
    },
    '/session': {
      method: 'POST',
      for: 'callers',
      async answer(request) {
        await admit(request, house);
        return { status: 204 };
      },
    },
    '/health': {
      method: 'GET',
      for: 'everybody',
      async answer() {
        const [database, authly] = await Promise.all([house.isDatabaseThere(), house.isAuthlyThere()]);
        const isHealthy = database && authly;
        return {
          status: isHealthy ? 200 : 503,
          body: isHealthy ? { status: 'healthy' } : { status: 'unhealthy', database, authly },
        };
      },
    },
    '/metrics': {
      method: 'GET',
      for: 'this-machine',
      async answer() {
        return { status: 200, ...(await house.metrics.expose()) };
      },
    },
  };
}

async function admit(request: IncomingMessage, house: House): Promise<{ token: string; admission: Admission }> {
  const token = readToken(request);
  const admission = await house.admissions.admit('token', token);
  if ('code' in admission) throw refusalOfLogin(admission);
  return { token, admission };
}

function readQuery({ query, params = [], timeout = LONGEST_SECONDS }: Readonly<Record<string, unknown>>): QueryRequest {
  if (typeof query !== 'string' || query === '') throw new HttpRefusal(400, 'The member "query" is missing: a text');
  if (query.includes('\0')) throw new HttpRefusal(400, 'The query has a zero byte in it');
  if (!Array.isArray(params) || params.length > MOST_PARAMETERS)
    throw new HttpRefusal(400, `The member "params" must be an array of at most ${MOST_PARAMETERS} values`);
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= LONGEST_SECONDS))
    throw new HttpRefusal(400, `The member "timeout" must be seconds, at most ${LONGEST_SECONDS}`);
  return { query, params: params as readonly unknown[], timeoutMs: timeout * 1000 };
}
