import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import type { Web } from '../web.js';

/** GET /health: everything that a request needs. */
export async function health(_request: Incoming, web: Web): Promise<Answer> {
  const database = await databaseState(web);
  const healthy = database.state === 'connected';
  return json(
    {
      status: healthy ? 'healthy' : 'unhealthy',
      version: web.runtime.version,
      database: database.state,
      ...(database.version !== undefined && { postgres_version: database.version }),
    },
    { status: healthy ? 200 : 503 },
  );
}

/** GET /health/ready: send traffic here, or not (yet, or any more). */
export async function ready(_request: Incoming, web: Web): Promise<Answer> {
  const accepting = web.runtime.isReady();
  const database = accepting ? await databaseState(web) : { state: 'not checked' };
  const isReady = accepting && database.state === 'connected';
  return json({ status: isReady ? 'ready' : 'not ready', database: database.state }, { status: isReady ? 200 : 503 });
}

/** GET /health/live: the process answers. */
export function live(): Answer {
  return json({ status: 'live' });
}

/** GET /metrics. */
export async function metrics(_request: Incoming, web: Web): Promise<Answer> {
  const { contentType, body } = await web.runtime.metrics();
  return { status: 200, headers: { 'Content-Type': contentType, 'Cache-Control': 'no-store' }, body };
}

async function databaseState(web: Web): Promise<{ readonly state: string; readonly version?: string }> {
  try {
    return { state: 'connected', version: await web.runtime.ping() };
  } catch {
    return { state: 'disconnected' };
  }
}
