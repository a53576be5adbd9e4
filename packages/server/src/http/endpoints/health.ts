import { guardMetrics } from '../admin/guard.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import type { Web } from '../web.js';

/** GET /health: everything that a request needs. The version of the database is for callers on this machine alone. */
export async function health(request: Incoming, web: Web): Promise<Answer> {
  const database = await databaseState(web);
  const healthy = database.state === 'connected';
  return json(
    {
      status: healthy ? 'healthy' : 'unhealthy',
      version: web.runtime.version,
      database: database.state,
      ...(database.version !== undefined && request.client.isLocal && { postgres_version: database.version }),
    },
    { status: healthy ? 200 : 503 },
  );
}

/** GET /health/ready: send traffic here, or not (yet, or any more). */
export async function ready(_request: Incoming, web: Web): Promise<Answer> {
  const accepting = web.runtime.isReady();
  const database = accepting ? await databaseState(web) : { state: 'not checked' };
  const audit = database.state === 'connected' ? await web.context.audit.state() : 'ok';
  // Nothing may happen unrecorded.
  const isReady = accepting && database.state === 'connected' && audit !== 'cannot record';
  // Not a reason to take the node away: were the database's clock the wrong one, all nodes would go.
  const clock = web.runtime.clockProblem();
  return json(
    {
      status: isReady ? 'ready' : 'not ready',
      database: database.state,
      ...(audit !== 'ok' && { audit }),
      ...(clock !== undefined && { clock }),
    },
    { status: isReady ? 200 : 503 },
  );
}

/** GET /health/live: the process answers. */
export function live(): Answer {
  return json({ status: 'live' });
}

/** GET /metrics. */
export async function metrics(request: Incoming, web: Web): Promise<Answer> {
  guardMetrics(request, web.context);
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
