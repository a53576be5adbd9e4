import type { VNode } from 'preact';
import { type Answer, html } from '../answer.js';
import { setCookie } from '../cookies.js';
import { pagePolicy } from '../headers.js';
import type { Web } from '../web.js';
import type { Browser } from './flow.js';
import { renderPage } from './render.js';
import { forgetShown, type ShownOnce } from './shown-once.js';

export interface PageAnswerOptions {
  /** The browser that the page's forms are tied to: it gets its cookie when it has none. */
  readonly browser?: Browser;
  /** What is shown now and never again. */
  readonly said?: ShownOnce<{ readonly retryAfterSeconds?: number }>;
  /** The status of a page that says something of its own accord. */
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** Where the answer to a form of the page may lead. */
  readonly formTargets?: readonly string[];
  /** Addresses that the page shows in frames. */
  readonly frames?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** A page with its headers and cookies: every page is answered here. */
export function pageAnswer(view: VNode, options: PageAnswerOptions, web: Web): Answer {
  const { browser, said, status, formTargets, frames, headers } = options;
  const wait = said?.problem.retryAfterSeconds ?? options.retryAfterSeconds;
  const cookies = [
    ...(browser?.isNew === true ? [setCookie('browser', browser.secret, web.context.settings)] : []),
    ...(said === undefined ? [] : [forgetShown(web)]),
  ];
  return html(renderPage(view), {
    status: said?.status ?? status ?? 200,
    headers: {
      ...pagePolicy({ formTargets, frames, images: web.shell.logoOrigin }),
      ...(wait !== undefined && { 'Retry-After': String(Math.max(1, Math.ceil(wait))) }),
      ...(cookies.length > 0 && { 'Set-Cookie': cookies }),
      ...headers,
    },
  });
}
