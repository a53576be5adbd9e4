import { type Answer, html, json } from '../answer.js';
import { pagePolicy } from '../headers.js';
import type { Incoming } from '../incoming.js';
import { renderPage } from '../pages/render.js';
import type { Web } from '../web.js';
import { type ApiDocument, apiDocument } from './document.js';
import { DOCS_STYLE_PATH } from './style.js';
import { docsPage } from './view.js';

const CACHED = { 'Cache-Control': 'public, max-age=300', Pragma: '' } as const;

/** GET /openapi.json */
export function openApi(_request: Incoming, web: Web): Answer {
  return json(documentOf(web), { headers: CACHED });
}

/** GET /docs */
export function docs(_request: Incoming, web: Web): Answer {
  const view = docsPage(
    {
      document: documentOf(web),
      styleHref: `${web.base}${DOCS_STYLE_PATH}`,
      documentHref: `${web.base}/openapi.json`,
    },
    web.shell,
  );
  return html(renderPage(view), { headers: { ...CACHED, ...pagePolicy() } });
}

/** Printing it takes a moment, and it is the same as long as the process runs. */
const printed = new WeakMap<Web, ApiDocument>();

function documentOf(web: Web): ApiDocument {
  const { settings } = web.context;
  const known = printed.get(web);
  if (known) return known;
  const document = apiDocument({
    version: web.runtime.version,
    issuer: settings.issuer,
    apiPrefix: settings.api_prefix,
  });
  printed.set(web, document);
  return document;
}
