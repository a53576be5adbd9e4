import type { AuthorizationResponse } from '../../../protocol/authorize/respond.js';
import { type Answer, html, seeOther } from '../../answer.js';
import { pagePolicy } from '../../headers.js';
import type { Web } from '../../web.js';
import { renderPage } from '../render.js';
import { formPostPage } from './view.js';

/** Sends the answer of the authorization endpoint on its way: a redirect, or a page whose form posts itself. */
export function sendResponse(response: AuthorizationResponse, web: Web): Answer {
  if (response.kind === 'redirect') return seeOther(response.location);
  const page = formPostPage({ action: response.action, fields: response.fields }, web.shell);
  return html(renderPage(page), { headers: pagePolicy({ formTargets: [response.action] }) });
}
