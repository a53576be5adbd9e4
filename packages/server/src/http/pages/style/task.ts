/** What the pages with one task need beside their form: faces, permissions, codes, facts. */
export const task = `
.tile {
  flex: none; display: inline-flex; align-items: center; justify-content: center; width: 48px; height: 48px;
  border-radius: 12px; background: var(--accent-soft); color: var(--accent); font-weight: 650; font-size: 1.25rem;
  object-fit: contain;
}
.tile.round { width: 36px; height: 36px; border-radius: 50%; font-size: .9375rem; background: var(--line); color: var(--text); }
.asking { display: flex; flex-direction: column; align-items: flex-start; gap: 16px; }

.person { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 8px 0; border-block: 1px solid var(--line); }
.who { display: grid; flex: 1 1 0; min-width: 0; line-height: 1.35; font-size: .9375rem; }
.who .name { font-weight: 600; }
.who .muted { font-size: .875rem; }
.switch { flex: none; display: grid; justify-items: end; font-size: .875rem; line-height: 1.35; }
.switch .button.link { min-height: 44px; margin: -11px 0; font-size: .875rem; line-height: 1.35; }
.pick { justify-content: flex-start; text-align: left; gap: 12px; min-height: 64px; padding-inline: 14px; }
.check-code .facts { padding-top: 14px; border-top: 1px solid var(--line); font-size: .875rem; gap: 6px 20px; }
.app-links { display: flex; flex-wrap: wrap; gap: 0 20px; margin-bottom: -12px; }
.app-links a { display: inline-flex; align-items: center; min-height: 44px; color: inherit; }

.permissions { display: grid; gap: 10px; margin-top: 12px; }
.permissions li { display: flex; gap: 12px; }
.permissions .icon { margin-top: 2px; color: var(--accent); }
.fine { display: grid; gap: 8px; font-size: .875rem; color: var(--muted); }
.fine strong { color: var(--text); }

.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 10px 24px; font-size: .9375rem; }
.facts > div { display: contents; }
.facts dt { color: var(--muted); }
.facts dd { }
.panel { padding: 16px; border-radius: var(--radius); background: var(--inset); }
.panel > * + * { margin-top: 12px; }
.panel h2 { font-size: .9375rem; }
@media (max-width: 360px) { .facts { grid-template-columns: 1fr; row-gap: 0; } .facts dd + dt, .facts > div:not(:first-child) dt { margin-top: 10px; } }

.code {
  display: block; padding: 8px 0 12px; text-align: center;
  font: 600 1.75rem/1.2 var(--mono); letter-spacing: .14em; text-indent: .14em;
}
.field input.code-input {
  min-height: 64px; padding: 8px; text-align: center; text-transform: uppercase; font: 600 1.625rem/1.2 var(--mono);
  letter-spacing: .16em; text-indent: .16em;
}
.field input.code-input::placeholder { color: var(--edge); opacity: 1; font-weight: 400; }

.seal {
  display: inline-flex; align-items: center; justify-content: center; width: 48px; height: 48px; border-radius: 50%;
  background: var(--inset); color: var(--muted);
}
.seal .icon { width: 24px; height: 24px; }
.seal.success { background: var(--success-soft); color: var(--success); }
.seal.warning { background: var(--warning-soft); color: var(--warning); }
.seal.danger { background: var(--danger-soft); color: var(--danger); }
.stack { display: flex; flex-direction: column; align-items: flex-start; gap: 16px; }
.links { border-top: 1px solid var(--line); padding-top: 20px; font-size: .9375rem; }
.links h2 { font-size: .9375rem; }
.links div { display: flex; flex-wrap: wrap; gap: 0 20px; }
.links a { display: inline-flex; align-items: center; min-height: 44px; }
`;
