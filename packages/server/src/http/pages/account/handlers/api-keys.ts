import {
  createApiKey,
  type KeyActor,
  type MadeApiKey,
  revokeApiKey,
  rotateApiKey,
} from '../../../../identity/api-keys.js';
import type { SignedIn } from '../../../../identity/browser-session.js';
import { isRecent, type NotProved, proveAgain } from '../../../../identity/second-factor/prove-again.js';
import type { AuditAction } from '../../../../model/audit-action.js';
import type { ApiKey } from '../../../../model/people/api-key.js';
import { type Answer, seeOther } from '../../../answer.js';
import { formPairs } from '../../../form.js';
import { formParameters, type Incoming } from '../../../incoming.js';
import type { Web } from '../../../web.js';
import type { KeyProblem } from '../api-keys/form.js';
import type { ApiKeysProps } from '../api-keys/section.js';
import { chosenExpiry, chosenOverlap, scopesOfKey } from './content.js';
import { accountPost } from './holder.js';
import { accountAnswer, backToSection } from './page.js';

const PARAMETERS = new Set(['action', 'name', 'expires_in', 'key_id', 'overlap', 'proof', 'once', 'csrf']);
const ONCE_FOR_MS = 86_400_000;

/** POST /account/api-keys: create, rotate, revoke. The answer to the first two is the only place where the key is shown. */
export async function submitApiKeys(request: Incoming, web: Web): Promise<Answer> {
  const { values } = formParameters(request, PARAMETERS);
  const signedIn = await accountPost(request, values, web);
  if ('status' in signedIn) return signedIn;
  switch (values.get('action')) {
    case 'create':
      return create(values, signedIn, request, web);
    case 'rotate':
      return rotate(values, signedIn, request, web);
    case 'revoke':
      return revoke(values, signedIn, request, web);
    default:
      return seeOther(`${web.base}/account`);
  }
}

type Form = ReadonlyMap<string, string>;

async function create(values: Form, signedIn: SignedIn, request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const name = values.get('name') ?? '';
  const scopes = formPairs(request.body).flatMap(([field, value]) =>
    field === 'scope' && value !== '' ? [value] : [],
  );
  const expiresAt = chosenExpiry(values.get('expires_in'), context.clock.now());
  const typed = shortEnough({ name, scopes, expiresIn: values.get('expires_in') ?? '' });
  const showAgain = (problem: KeyProblem): Answer =>
    backToSection('api-keys', { status: 400, problem: { keys: { problem, values: typed } } }, request, web);
  if (expiresAt === 'not-offered') return showAgain('bad_expiry');
  const proof = await proveForKey('api_key.created', values, signedIn, request, web);
  if (proof.kind !== 'proved') return notProved(proof, { values: typed }, request, web);
  if (!(await isFirst(values, signedIn, web))) return seeOther(`${web.base}/account`);
  const wanted = { owner: signedIn, name, scopes: scopesOfKey(scopes), expiresAt };
  const made = await createApiKey(wanted, actorOf(signedIn, request), context);
  return shown(made, 'key_created', showAgain, signedIn, request, web);
}

async function rotate(values: Form, signedIn: SignedIn, request: Incoming, web: Web): Promise<Answer> {
  const key = await ownKey(values.get('key_id'), signedIn, web);
  const showAgain = (problem: KeyProblem): Answer =>
    backToSection('api-keys', { status: 400, problem: { keys: { problem } } }, request, web);
  const overlapSeconds = chosenOverlap(values.get('overlap'));
  if (!key) return seeOther(`${web.base}/account`);
  if (overlapSeconds === undefined) return showAgain('bad_overlap');
  const proof = await proveForKey('api_key.rotated', values, signedIn, request, web);
  if (proof.kind !== 'proved') return notProved(proof, { changing: key.id }, request, web);
  if (!(await isFirst(values, signedIn, web))) return seeOther(`${web.base}/account`);
  const wanted = { owner: signedIn, key, overlapSeconds };
  const made = await rotateApiKey(wanted, actorOf(signedIn, request), web.context);
  return shown(made, 'key_rotated', showAgain, signedIn, request, web);
}

async function revoke(values: Form, signedIn: SignedIn, request: Incoming, web: Web): Promise<Answer> {
  const key = await ownKey(values.get('key_id'), signedIn, web);
  if (key) await revokeApiKey(key, actorOf(signedIn, request), web.context);
  return seeOther(`${web.base}/account${key ? '?notice=key_revoked' : ''}`);
}

async function shown(
  made: MadeApiKey,
  notice: 'key_created' | 'key_rotated',
  again: (problem: KeyProblem) => Answer,
  signedIn: SignedIn,
  request: Incoming,
  web: Web,
): Promise<Answer> {
  switch (made.kind) {
    case 'made': {
      const created = { name: made.key.name, secret: made.secret };
      return accountAnswer(signedIn, { notice, keys: { created } }, request, web);
    }
    case 'refused':
      return again(made.problem);
    case 'not-alive':
      return seeOther(`${web.base}/account`);
  }
}

/** A key outlives the session that makes it: a thief of the session must not get one. */
async function proveForKey(
  what: AuditAction,
  values: Form,
  signedIn: SignedIn,
  request: Incoming,
  { context }: Web,
): Promise<{ readonly kind: 'proved' } | NotProved> {
  if (isRecent(signedIn.session, context)) return { kind: 'proved' };
  return proveAgain({ ...signedIn, typed: values.get('proof'), origin: request.origin, what }, context);
}

function notProved(
  proof: NotProved,
  keys: Pick<ApiKeysProps, 'values' | 'changing'>,
  request: Incoming,
  web: Web,
): Answer {
  const retryAfterSeconds = proof.kind === 'limited' ? proof.retryAfterSeconds : undefined;
  const proofProblem = { code: proof.kind, retryAfterSeconds };
  const status = proof.kind === 'limited' ? 429 : 400;
  const problem = { retryAfterSeconds, keys: { ...keys, proofProblem } };
  return backToSection('api-keys', { status, problem }, request, web);
}

/** What was typed travels in a cookie, of which browsers take four kilobytes: longer forms come back empty. */
function shortEnough(typed: NonNullable<ApiKeysProps['values']>): ApiKeysProps['values'] {
  return JSON.stringify(typed).length > 1500 ? undefined : typed;
}

/** A key of somebody else is no key. */
async function ownKey(id: string | undefined, { user }: SignedIn, web: Web): Promise<ApiKey | undefined> {
  const key = id === undefined ? undefined : await web.context.store.apiKeys.find(id);
  return key?.userId === user.id ? key : undefined;
}

/** Whether this form was not sent before: reloading the answer must not make another key. */
async function isFirst(values: Form, { user }: SignedIn, { context }: Web): Promise<boolean> {
  const once = values.get('once');
  if (once === undefined) return false;
  const now = context.clock.now();
  const mark = context.hashing.tokenHash(`account-form\n${user.id}\n${once}`);
  return context.store.replays.claim(mark, new Date(now.getTime() + ONCE_FOR_MS), now);
}

function actorOf({ user, session }: SignedIn, request: Incoming): KeyActor {
  return {
    actor: { type: 'user', id: user.id, name: user.username },
    origin: request.origin,
    through: { session: session.id },
  };
}
