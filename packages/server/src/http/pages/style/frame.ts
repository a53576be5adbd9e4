/** The page itself: type, the column, the sheet, header and footer. */
export const frame = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column;
  padding: 0 24px; background: var(--ground); color: var(--text);
  font: 400 1rem/1.5 var(--sans); overflow-wrap: anywhere; -webkit-font-smoothing: antialiased;
}
h1, h2, h3, p, ul, dl, dd, fieldset { margin: 0; padding: 0; }
h1, h2, h3 { font-weight: 650; letter-spacing: -.015em; line-height: 1.25; text-wrap: balance; }
h1 { font-size: 1.625rem; letter-spacing: -.022em; line-height: 1.2; }
h2 { font-size: 1.1875rem; }
h3 { font-size: 1rem; letter-spacing: -.005em; line-height: 1.5; }
p { text-wrap: pretty; }
ul { list-style: none; }
fieldset { border: 0; min-width: 0; }
strong { font-weight: 600; }
code, .mono { font-family: var(--mono); font-size: .9em; }
a { color: var(--accent); text-underline-offset: 3px; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
svg { flex: none; }
.icon { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
.muted { color: var(--muted); }
.lead { color: var(--muted); }
.lead strong { color: var(--text); }
.hidden-text {
  position: absolute; width: 1px; height: 1px; margin: -1px; padding: 0; border: 0; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main:focus { outline: 0; }
.unseen { position: absolute; width: 1px; height: 1px; border: 0; opacity: 0; pointer-events: none; }
.skip { position: absolute; left: 24px; top: -80px; padding: 10px 16px; background: var(--surface); z-index: 1; }
.skip:focus { top: 12px; }

.top, main, .foot { width: 100%; margin-inline: auto; }
.top { display: flex; align-items: center; justify-content: space-between; gap: 16px; min-height: 44px; }
.brand { display: inline-flex; align-items: center; gap: 10px; font-weight: 650; font-size: 1.0625rem; letter-spacing: -.01em; }
.brand .mark { color: var(--accent); }
.brand .logo { height: 28px; width: auto; max-width: 200px; object-fit: contain; object-position: left center; }
.foot { display: flex; flex-wrap: wrap; gap: 0 24px; padding: 16px 0 24px; font-size: .875rem; }
.foot a { color: var(--muted); display: inline-flex; align-items: center; min-height: 44px; text-decoration: none; }
.foot a:hover { color: var(--text); text-decoration: underline; }

.card .top, .card main, .card .foot { max-width: 400px; }
.card .top { margin-top: clamp(24px, 11vh, 128px); padding-bottom: 24px; }
.card main { padding-bottom: 32px; }
.card .foot { margin-bottom: auto; padding-inline: 4px; }
.wide main { padding-bottom: 48px; }
.sheet {
  padding: 32px; background: var(--surface); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow);
}
.sheet > * + * { margin-top: 24px; }
.sheet > .cancel { margin: 12px 0 -12px; }
.heading { min-width: 0; max-width: 100%; }
.heading > * + * { margin-top: 6px; }

@media (max-width: 480px) {
  body { padding: 0 20px; }
  body.card { background: var(--surface); }
  .card .top { margin-top: 20px; padding-bottom: 28px; }
  .card .foot { padding-inline: 0; }
  .sheet { padding: 0; border: 0; box-shadow: none; border-radius: 0; }
  .skip { left: 20px; }
}
@media (prefers-reduced-motion: no-preference) {
  .button, .field input, .field select { transition: background-color .12s, border-color .12s; }
}
`;
