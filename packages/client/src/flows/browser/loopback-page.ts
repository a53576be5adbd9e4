/** The one page that the loopback server shows, in the look of the server's own pages. */

/** What the page says. Everything in it is escaped. */
export interface LoopbackPage {
  readonly tone: 'success' | 'danger';
  readonly title: string;
  readonly text: string;
  /** Names and values, for example who has logged in where. */
  readonly facts?: Readonly<Record<string, string | undefined>>;
}

/** The page as HTML: no script, nothing loaded, readable in light and dark. */
export function renderLoopbackPage({ tone, title, text, facts = {} }: LoopbackPage): string {
  const rows = Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [`<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`],
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<svg class="${tone}" viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[tone]}"/></svg>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
${rows.length === 0 ? '' : `<dl>${rows.join('')}</dl>\n`}</main>
</body>
</html>
`;
}

/** Makes text safe inside HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const ICONS = { success: 'm5 12.5 4.5 4.5L19 7.5', danger: 'M12 6.5v7M12 17v.5' };

/** The colours of the server's pages; text on its ground is at least 7:1 in both schemes. */
const STYLE = `
:root{color-scheme:light dark;--ground:#f2f5f4;--surface:#fff;--inset:#f6f8f7;--text:#101816;--muted:#46524e;--line:#dfe5e2;
--danger:#96190f;--danger-soft:#fdf2f0;--success:#0c5a32;--success-soft:#eef8f1}
@media (prefers-color-scheme:dark){:root{--ground:#0d1110;--surface:#151b19;--inset:#1b2220;--text:#edf3f1;--muted:#adb9b5;--line:#2a3330;
--danger:#ffb4aa;--danger-soft:#331a17;--success:#86dca6;--success-soft:#14291d}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;padding:24px 16px;display:grid;place-items:center;background:var(--ground);color:var(--text);
font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Inter,Ubuntu,Cantarell,"Noto Sans","Liberation Sans",Arial,sans-serif}
main{width:100%;max-width:400px;padding:32px;text-align:center;overflow-wrap:anywhere;background:var(--surface);
border:1px solid var(--line);border-radius:16px;box-shadow:0 12px 32px -12px rgb(16 24 22/.14)}
svg{width:48px;height:48px;padding:12px;border-radius:50%;fill:none;stroke:currentColor;stroke-width:2.5;stroke-linecap:round;stroke-linejoin:round}
.success{color:var(--success);background:var(--success-soft)}
.danger{color:var(--danger);background:var(--danger-soft)}
h1{margin:16px 0 4px;font-size:24px;line-height:1.25}
p{margin:0;color:var(--muted)}
dl{display:grid;grid-template-columns:auto 1fr;gap:8px 16px;margin:24px 0 0;padding:16px;text-align:start;font-size:14px;background:var(--inset);border-radius:10px}
dt{color:var(--muted)}
dd{margin:0}
`;

/** No store, no referrer, no script: the address that leads here held a code. */
export const loopbackHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  connection: 'close',
};
