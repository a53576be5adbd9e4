import { NEXT_CURSOR_HEADER, type Operation, operations, type RouteName, TOTAL_COUNT_HEADER } from '@authly/admin-api';
import { Readable } from 'node:stream';
import type { Context } from '../../ports/context.js';
import { type Answer, empty, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { isRefusal, refuse } from '../refuse.js';
import type { Route } from '../route.js';
import type { Web } from '../web.js';
import { guardAdmin } from './guard.js';
import { handlers } from './handlers.js';
import { idempotencyKey, runOnce } from './idempotency.js';
import { countCall, limitHeaders } from './limits.js';
import type { Call, Handler, Success } from './operation.js';
import { authorize } from './permission.js';
import { readRequest } from './validate.js';
import { etagOf, ifMatchVersion } from './version.js';

/** The admin contract as routes: what every operation has in common is here, what it does is in its handler. */
export function adminRoutes(apiPrefix: string): readonly Route[] {
  return operations().map((operation) => ({
    method: operation.method,
    path: pathOf(operation, apiPrefix),
    refusals: 'api',
    handle: (request, web) => answer(operation.name, operation, { request, web }),
  }));
}

function pathOf({ mount, path }: Operation, apiPrefix: string): string {
  const own = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return mount === 'api' ? `${apiPrefix}${own}` : own;
}

interface Asked {
  readonly request: Incoming;
  readonly web: Web;
}

async function answer<Name extends RouteName>(
  name: Name,
  operation: Operation,
  { request, web }: Asked,
): Promise<Answer> {
  let headers: Record<string, string> = {};
  try {
    // 1 may this address talk to the admin API at all
    if (isAdministration(operation)) guardAdmin(request, web.context);
    // 2 who is it, and may they
    const actor = await authorize(operation, request, web.context);
    // 3 not too often
    headers = limitHeaders(await countCall(operation, { actor, request }, web.context));
    // 4 is it well-formed
    const parts = readRequest(operation, request);
    const ifVersion = operation.versioned && operation.method !== 'GET' ? ifMatchVersion(request) : undefined;
    // The schemas and the checks above are those of this name; only the compiler cannot follow that.
    const call = { ...parts, actor, origin: request.origin, ifVersion } as Call<Name>;
    // 5 the operation itself
    const done = await perform({ name, operation, call }, { request, web });
    return { ...done, headers: { ...done.headers, ...headers } };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { answer: refusal } = refuse(error, 'api', request.origin, web);
    return { ...refusal, headers: { ...refusal.headers, ...headers } };
  }
}

/** Everything below /admin, and whatever else only administrators may do. */
function isAdministration({ mount, access }: Operation): boolean {
  return mount === 'root' || access === 'administrator';
}

async function perform<Name extends RouteName>(
  { name, operation, call }: { readonly name: Name; readonly operation: Operation; readonly call: Call<Name> },
  { request, web }: Asked,
): Promise<Answer> {
  const handle: Handler<Name> = handlers[name];
  const work = async (context: Context): Promise<Answer> => write(operation, await handle(call, { ...web, context }));
  const key = operation.idempotent ? idempotencyKey(request) : undefined;
  if (key === undefined || !call.actor) return work(web.context);
  const asked = JSON.stringify([name, call.params ?? {}, call.body ?? {}]);
  const { hashing } = web.context;
  return runOnce({ actor: call.actor.user.id, key, requestHash: hashing.tokenHash(asked) }, work, web.context);
}

function write(operation: Operation, { reply, version, total, headers }: Success<unknown>): Answer {
  if (isStream(reply)) return lines(reply);
  const all = {
    ...headers,
    ...(version !== undefined && { ETag: etagOf(version) }),
    ...(total !== undefined && { [TOTAL_COUNT_HEADER]: String(total) }),
  };
  return operation.status === 204
    ? empty(204, all)
    : json(reply, { status: operation.status, headers: { ...all, ...cursorHeader(reply) } });
}

function isStream(reply: unknown): reply is AsyncIterable<unknown> {
  return typeof reply === 'object' && reply !== null && Symbol.asyncIterator in reply;
}

/** For callers that page through without reading bodies. */
function cursorHeader(reply: unknown): Record<string, string> {
  if (typeof reply !== 'object' || reply === null || !('next_cursor' in reply)) return {};
  return typeof reply.next_cursor === 'string' ? { [NEXT_CURSOR_HEADER]: reply.next_cursor } : {};
}

function lines(entries: AsyncIterable<unknown>): Answer {
  async function* written(): AsyncGenerator<string> {
    for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8', 'Cache-Control': 'no-store' },
    body: Readable.from(written()),
  };
}
