/** What the page of the API needs beside the common style sheet, and the asset that brings it. */
import { createHash } from 'node:crypto';
import type { Route } from '../route.js';

const CSS = `
.api-intro > * + * { margin-top: 12px; }
.op { padding: 20px 0; border-top: 1px solid var(--line); scroll-margin-top: 24px; }
.op > * + * { margin-top: 12px; }
.op-title { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; font-family: var(--mono); font-size: .9375rem; font-weight: 600; letter-spacing: 0; overflow-wrap: anywhere; }
.op-title a { color: inherit; text-decoration: none; }
.op-title a:hover { text-decoration: underline; }
.verb { flex: none; min-width: 64px; padding: 3px 8px; border-radius: 6px; background: var(--inset); color: var(--text); border: 1px solid var(--line); text-align: center; font: 600 .75rem/1.5 var(--mono); }
.verb.get { background: var(--accent-soft); color: var(--accent); border-color: transparent; }
.verb.post { background: var(--success-soft); color: var(--success); border-color: transparent; }
.verb.put { background: var(--warning-soft); color: var(--warning); border-color: transparent; }
.verb.delete { background: var(--danger-soft); color: var(--danger); border-color: transparent; }
.needs { display: flex; flex-wrap: wrap; gap: 6px; font-size: .875rem; }
.op h4 { margin: 16px 0 0; font-size: .8125rem; font-weight: 600; color: var(--muted); }
.scroll { overflow-x: auto; }
.fields-table { width: 100%; border-collapse: collapse; font-size: .875rem; }
.fields-table th { text-align: left; font-weight: 400; vertical-align: top; }
.fields-table th, .fields-table td { padding: 6px 16px 6px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.fields-table th { white-space: nowrap; width: 1%; }
.fields-table td:nth-child(2) { max-width: 300px; }
.fields-table tr:first-child > * { border-top: 0; }
.fields-table code { font-size: .8125rem; }
.fields-table .must { color: var(--danger); }
.answers { font-size: .875rem; }
.curl { position: relative; }
.curl pre { margin: 0; padding: 14px 96px 14px 16px; border: 1px solid var(--line); border-radius: var(--radius); background: var(--inset); font: 400 .8125rem/1.6 var(--mono); overflow-x: auto; white-space: pre; }
.curl .button { position: absolute; top: 6px; right: 6px; min-height: 36px; padding: 4px 12px; background: var(--surface); border-color: var(--line); }
@media (max-width: 560px) {
  .curl pre { padding-right: 16px; padding-top: 52px; }
  .fields-table, .fields-table tbody, .fields-table tr { display: block; }
  .fields-table tr { padding: 8px 0; border-top: 1px solid var(--line); }
  .fields-table tr:first-child { border-top: 0; }
  .fields-table th, .fields-table td { display: block; width: auto; max-width: none; padding: 0; border: 0; white-space: normal; }
  .fields-table td:nth-child(2) { max-width: none; }
}
`;

const BODY = CSS.trim();
const HASH = createHash('sha256').update(BODY).digest('hex').slice(0, 12);

/** Below the issuer's path. Named after its content, so it may be kept for ever. */
export const DOCS_STYLE_PATH = `/assets/docs.${HASH}.css`;

export const docsStyleRoute: Route = {
  method: 'GET',
  path: DOCS_STYLE_PATH,
  refusals: 'page',
  handle: () => ({
    status: 200,
    headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=31536000, immutable' },
    body: BODY,
  }),
};
