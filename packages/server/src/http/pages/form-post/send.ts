import type { AuthorizationResponse } from '../../../protocol/authorize/respond.js';
import { type Answer, seeOther } from '../../answer.js';
import type { Web } from '../../web.js';
import { pageAnswer } from '../page-answer.js';
import { formPostPage } from './view.js';

/** Sends the answer of the authorization endpoint on its way: a redirect, or a page whose form posts itself. */
export function sendResponse(response: AuthorizationResponse, web: Web): Answer {
  if (response.kind === 'redirect') return seeOther(response.location);
  const page = formPostPage({ action: response.action, fields: response.fields }, web.shell);
  // With same-origin the browser would send "Origin: null", which frameworks refuse for a forgery.
  return pageAnswer(page, { formTargets: [response.action], headers: { 'Referrer-Policy': 'origin' } }, web);
}
