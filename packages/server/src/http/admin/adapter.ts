import { NEXT_CURSOR_HEADER, type Operation, operations, TOTAL_COUNT_HEADER } from '@authly/admin-api';
import { Readable } from 'node:stream';
import type { Actor } from '../../admin/actor.js';
import { AdminRefusal } from '../../admin/refusal.js';
import type { Context } from '../../ports/context.js';
import { OAuthError } from '../../protocol/error.js';
import { type Answer, empty, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { problem } from '../refuse.js';
import type { Route } from '../route.js';
import type { Web } from '../web.js';
import { guardAdmin } from './guard.js';
import { handlers } from './handlers.js';
import { idempotencyKey, once } from './idempotency.js';
import { countCall, limitHeaders } from './limits.js';
import type { Success } from './operation.js';
import { authorize } from './permission.js';
import { readRequest } from './validate.js';
import { etagOf, ifMatchVersion } from './version.js';

/** The admin contract as routes: what every operation has in common is here, what it does is in its handler. */
export function adminRoutes(apiPrefix: string): readonly Route[] {
  return operations().map((operation) => ({
    method: operation.method,
    path: pathOf(operation, apiPrefix),
    refusals: 'api',
    handle: (request, web) => answer(operation, request, web),
  }));
}

/** The call as the handlers take it, its parts known to the schemas but no more to the compiler. */
interface LooseCall {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly actor: Actor | undefined;
  readonly origin: Incoming['origin'];
  readonly ifVersion: number | undefined;
}

type LooseHandler = (call: LooseCall, web: Web) => Promise<Success<unknown>> | AsyncIterable<unknown>;

function pathOf({ mount, path }: Operation, apiPrefix: string): string {
  const own = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return mount === 'api' ? `${apiPrefix}${own}` : own;
}

async function answer(operation: Operation, request: Incoming, web: Web): Promise<Answer> {
  let headers: Record<string, string> = {};
  try {
    // 1 may this address talk to the admin API at all
    if (operation.mount === 'root') guardAdmin(request, web.context);
    // 2 who is it, and may they
    const actor = await authorize(operation, request, web.context);
    // 3 not too often
    headers = limitHeaders(await countCall(operation, { actor, request }, web.context));
    // 4 is it well-formed
    const parts = readRequest(operation, request);
    const ifVersion = operation.versioned && operation.method !== 'GET' ? ifMatchVersion(request) : undefined;
    // 5 the operation itself
    const done = await perform(operation, { ...parts, actor, origin: request.origin, ifVersion }, request, web);
    return { ...done, headers: { ...done.headers, ...headers } };
  } catch (error) {
    const refused = refusal(error, request.origin.requestId);
    if (!refused) throw error;
    return { ...refused, headers: { ...refused.headers, ...headers } };
  }
}

async function perform(operation: Operation, call: LooseCall, request: Incoming, web: Web): Promise<Answer> {
  const handle = handlers[operation.name] as unknown as LooseHandler;
  if (operation.stream) return lines(handle(call, web) as AsyncIterable<unknown>);
  const work = async (context: Context): Promise<Answer> =>
    write(operation, (await handle(call, { ...web, context })) as Success<unknown>);
  const key = operation.idempotent ? idempotencyKey(request) : undefined;
  if (key === undefined || !call.actor) return work(web.context);
  const asked = JSON.stringify([operation.name, call.params ?? {}, call.body ?? {}]);
  const { hashing } = web.context;
  return once({ actor: call.actor.user.id, key, requestHash: hashing.tokenHash(asked) }, work, web.context);
}

function write(operation: Operation, { reply, version, total, headers }: Success<unknown>): Answer {
  const all = {
    ...headers,
    ...(version !== undefined && { ETag: etagOf(version) }),
    ...(total !== undefined && { [TOTAL_COUNT_HEADER]: String(total) }),
  };
  return operation.status === 204
    ? empty(204, all)
    : json(reply, { status: operation.status, headers: { ...all, ...cursorHeader(reply) } });
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

/** The answer to a refusal; `undefined` when it is not one: then it is our own fault. */
function refusal(error: unknown, requestId: string): Answer | undefined {
  if (error instanceof AdminRefusal) {
    const { status, description, code, details } = error;
    const body = {
      ...problem({ status, description, errorCode: code }, requestId),
      ...(details.errors && { errors: details.errors }),
      ...(details.requiredScope !== undefined && { required_scope: details.requiredScope }),
    };
    return json(body, { status, headers: details.headers ?? {} });
  }
  if (!(error instanceof OAuthError)) return undefined;
  const errorCode =
    error.status === 401 ? 'NOT_AUTHENTICATED' : error.status === 403 ? 'INSUFFICIENT_SCOPE' : 'INVALID_REQUEST';
  return json(problem({ status: error.status, description: error.description, errorCode }, requestId), {
    status: error.status,
    headers: error.headers,
  });
}
