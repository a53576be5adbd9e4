/** The second factor: the other way to give it, the picture to scan, the codes to keep. */
export const secondFactor = `
.other-way > summary { color: var(--accent); min-height: 44px; display: inline-flex; align-items: center; text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; font-weight: 500; font-size: .9375rem; }
.other-way > summary:hover { text-decoration-thickness: 2px; }
.fold.other-way[open] > summary { background: none; }
.sheet > .other-way { margin: 12px 0 0; }
.sheet .other-way > * + * { margin-top: 8px; }
.ways { display: flex; flex-direction: column; align-items: flex-start; padding-top: 8px; border-top: 1px solid var(--line); margin-bottom: -16px; font-size: .9375rem; }
.ways > a { display: inline-flex; align-items: center; min-height: 44px; }

.scan > * + * { margin-top: 4px; }
.scan > .qr { margin-top: 16px; }
.qr { display: block; width: 100%; max-width: 232px; height: auto; margin-inline: auto; border-radius: var(--radius); border: 1px solid var(--line); }
.scan > .other-way { margin-top: 8px; }
.key-groups { display: block; font-size: .9375rem; overflow-wrap: normal; }
.fields + .part { padding-top: 16px; margin-top: 20px; border-top: 1px solid var(--line); }
.sheet a.button.link { justify-self: center; }

.codes-sheet { padding: 16px 20px; border-radius: var(--radius); background: var(--inset); }
.codes { display: grid; gap: 6px; margin: 0; padding: 0 0 0 32px; color: var(--muted); font-size: .9375rem; }
.codes code { color: var(--text); font-size: 1rem; letter-spacing: .04em; white-space: nowrap; }
.on-paper { display: none; }
@media print {
  .top, .foot, .skip, .heading, .notice, .choice, .sheet .button { display: none; }
  .on-paper { display: block; margin-bottom: 16px; font-weight: 600; }
  body.card, .sheet, .codes-sheet { background: none; border: 0; box-shadow: none; }
}
`;
