import { clearCookie, readLongCookie, setCookie } from '../cookies.js';
import { type Answer, seeOther } from '../answer.js';
import type { Incoming } from '../incoming.js';
import type { Web } from '../web.js';
import { browserOf } from './flow.js';

/** What a page has to say about the form that led to it. */
export interface ShownOnce<Problem> {
  readonly status: number;
  readonly problem: Problem;
  /** What was typed and may be shown again: never a password. */
  readonly typed?: string;
}

/**
 * Answers a form that was refused: back to the page, which says why, once. An answer to the POST itself would have no address: reload would
 * send the form again, and a tab that is restored or duplicated would have forgotten where it was going. What there is to say waits in a
 * sealed cookie, so that nobody else can put words on a page. @spec RFC 9110 §15.4.4
 */
export function backWith<Problem>(location: string, said: ShownOnce<Problem>, request: Incoming, web: Web): Answer {
  const { context } = web;
  const sealed = context.box.seal(JSON.stringify(said), placeOf(location, request, web)).toString('base64url');
  return seeOther(location, { 'Set-Cookie': setCookie('problem', sealed, context.settings) });
}

/** What `backWith` left for this address. Whoever shows it forgets it with the same answer. */
export function readShownOnce<Problem>(location: string, request: Incoming, web: Web): ShownOnce<Problem> | undefined {
  const cookie = readLongCookie('problem', request, web.context.settings);
  if (cookie === undefined) return undefined;
  const opened = web.context.box.open(Buffer.from(cookie, 'base64url'), placeOf(location, request, web));
  return opened === undefined ? undefined : (JSON.parse(opened.toString()) as ShownOnce<Problem>);
}

/** The Set-Cookie line with which a page forgets what it shows. */
export function forgetShown(web: Web): string {
  return clearCookie('problem', web.context.settings);
}

function placeOf(location: string, request: Incoming, web: Web): string {
  const [address] = location.split('#');
  return `page-problem\n${browserOf(request, web).secret}\n${address}`;
}
