import { type Answer, html, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import { renderPage } from '../pages/render.js';
import type { Web } from '../web.js';
import { type ApiDocument, apiDocument } from './document.js';
import { rendererAddress } from './renderer.js';
import { START_SCRIPT_PATH } from './start-script.js';
import { docsPage } from './view.js';

const CACHED = { 'Cache-Control': 'public, max-age=300', Pragma: '' } as const;

/** GET /openapi.json */
export function openApi(_request: Incoming, web: Web): Answer {
  return json(documentOf(web), { headers: CACHED });
}

/** GET /docs */
export async function docs(_request: Incoming, web: Web): Promise<Answer> {
  const view = docsPage(
    {
      rendererHref: await rendererAddress(web),
      startHref: `${web.base}${START_SCRIPT_PATH}`,
      document: documentOf(web),
      documentHref: `${web.base}/openapi.json`,
    },
    web.shell,
  );
  return html(renderPage(view), { headers: { ...CACHED, 'Content-Security-Policy': POLICY } });
}

/**
 * A page without an origin: scripts that we did not write run in it, and to the browser they are strangers here, without cookies, without
 * the pages of whoever is signed in. They can ask for nothing, here or elsewhere. @spec CSP 3 §6.3.2 (sandbox)
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  'sandbox allow-scripts allow-popups',
].join('; ');

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
    words: web.shell.strings.docs,
    product: web.shell.theme.productName,
  });
  printed.set(web, document);
  return document;
}
