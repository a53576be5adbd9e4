import {
  createApiKey,
  type KeyActor,
  type MadeApiKey,
  revokeApiKey,
  rotateApiKey,
} from '../../../../identity/api-keys.js';
import type { SignedIn } from '../../../../identity/browser-session.js';
import type { ApiKey } from '../../../../model/api-key.js';
import { type Answer, seeOther } from '../../../answer.js';
import { formPairs } from '../../../form.js';
import { formParameters, type Incoming } from '../../../incoming.js';
import type { Web } from '../../../web.js';
import type { KeyProblem } from '../api-key-form.js';
import { chosenExpiry, chosenOverlap } from './content.js';
import { accountPost } from './holder.js';
import { accountAnswer } from './page.js';

const PARAMETERS = new Set(['action', 'name', 'expires_in', 'key_id', 'overlap', 'once', 'csrf']);
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
  const again = (problem: KeyProblem): Promise<Answer> => {
    const typed = { name, scopes, expiresIn: values.get('expires_in') ?? '' };
    return accountAnswer(signedIn, { status: 400, keys: { problem, values: typed } }, request, web);
  };
  if (expiresAt === 'not-offered') return again('bad_expiry');
  if (!(await isFirst(values, signedIn, web))) return seeOther(`${web.base}/account`);
  const wanted = { owner: signedIn, name, scopes, expiresAt };
  const made = await createApiKey(wanted, actorOf(signedIn, request), context);
  return shown(made, 'key_created', again, signedIn, request, web);
}

async function rotate(values: Form, signedIn: SignedIn, request: Incoming, web: Web): Promise<Answer> {
  const key = await ownKey(values.get('key_id'), signedIn, web);
  const again = (problem: KeyProblem): Promise<Answer> =>
    accountAnswer(signedIn, { status: 400, keys: { problem } }, request, web);
  const overlapSeconds = chosenOverlap(values.get('overlap'));
  if (!key) return seeOther(`${web.base}/account`);
  if (overlapSeconds === undefined) return again('bad_overlap');
  if (!(await isFirst(values, signedIn, web))) return seeOther(`${web.base}/account`);
  const wanted = { owner: signedIn, key, overlapSeconds };
  const made = await rotateApiKey(wanted, actorOf(signedIn, request), web.context);
  return shown(made, 'key_rotated', again, signedIn, request, web);
}

async function revoke(values: Form, signedIn: SignedIn, request: Incoming, web: Web): Promise<Answer> {
  const key = await ownKey(values.get('key_id'), signedIn, web);
  if (key) await revokeApiKey(key, actorOf(signedIn, request), web.context);
  return seeOther(`${web.base}/account${key ? '?notice=key_revoked' : ''}`);
}

async function shown(
  made: MadeApiKey,
  notice: 'key_created' | 'key_rotated',
  again: (problem: KeyProblem) => Promise<Answer>,
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
  return context.store.replays.first(mark, new Date(now.getTime() + ONCE_FOR_MS), now);
}

function actorOf({ user }: SignedIn, request: Incoming): KeyActor {
  return { actor: { type: 'user', id: user.id, name: user.username }, origin: request.origin };
}
