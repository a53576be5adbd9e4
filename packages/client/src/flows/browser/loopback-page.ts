/** The one page that the loopback server shows. */

/** What the page says. Everything in it is escaped. */
export interface LoopbackPage {
  readonly title: string;
  readonly text: string;
}

/** The page as HTML: no script, nothing loaded, readable in light and dark. */
export function renderLoopbackPage(page: LoopbackPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 400px; padding: 24px; }
h1 { font-size: 20px; margin: 0 0 8px; }
p { margin: 0; }
</style>
</head>
<body><main><h1>${escapeHtml(page.title)}</h1><p>${escapeHtml(page.text)}</p></main></body>
</html>
`;
}

/** Makes text safe inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** No store, no referrer, no script: the address that leads here held a code. */
export const loopbackHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  connection: 'close',
};
