import { currentSession } from '../../../identity/browser-session.js';
import type { Answer } from '../../answer.js';
import { readCookie } from '../../cookies.js';
import type { Incoming } from '../../incoming.js';
import type { Web } from '../../web.js';
import { pageAnswer } from '../page-answer.js';
import { homePage } from './view.js';

/** GET /: what this is, and where to go. */
export async function home(request: Incoming, web: Web): Promise<Answer> {
  const { context } = web;
  const signedIn = await currentSession(readCookie(request, 'session', context.settings), context);
  const view = homePage({ signedIn: signedIn !== undefined, issuer: context.settings.issuer }, web.shell);
  return pageAnswer(view, {}, web);
}
