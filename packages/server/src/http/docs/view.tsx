/** The page of the API. A renderer that we did not write draws it, in a page that has no origin: see docs/adr/0021. */
import type { VNode } from 'preact';
import { Fill } from '../pages/parts/fill.js';
import type { Shell } from '../pages/shell.js';
import { accentShades } from '../pages/theme.js';
import type { ApiDocument } from './document.js';

export interface DocsProps {
  readonly rendererHref: string;
  readonly startHref: string;
  readonly document: ApiDocument;
  readonly documentHref: string;
}

export function docsPage({ rendererHref, startHref, document, documentHref }: DocsProps, shell: Shell): VNode {
  const words = shell.strings.docs;
  return (
    <html lang={shell.strings.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${words.title} · ${shell.theme.productName}`}</title>
      </head>
      <body>
        <main id="reference" data-renderer={rendererHref} data-options={JSON.stringify(optionsFor(shell))}>
          <noscript>
            <Fill text={words.withoutScript} values={{ document: <a href={documentHref}>openapi.json</a> }} />
          </noscript>
        </main>
        {/* Data, not a script. A less-than sign could end the element. */}
        <script
          id="document"
          type="application/json"
          dangerouslySetInnerHTML={{ __html: JSON.stringify(document).replaceAll('<', '\\u003c') }}
        />
        <script src={startHref} defer />
      </body>
    </html>
  );
}

/** Nothing is fetched from elsewhere or sent anywhere, and samples are the ones of the document. */
function optionsFor(shell: Shell): Readonly<Record<string, unknown>> {
  return {
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: 'never',
    documentDownloadType: 'none',
    hideClientButton: true,
    hideTestRequestButton: true,
    hiddenClients: true,
    customCss: [
      `.light-mode{--scalar-color-accent:${accentShades(shell.theme, 'light').accent}}`,
      `.dark-mode{--scalar-color-accent:${accentShades(shell.theme, 'dark').accent}}`,
    ].join(''),
  };
}
