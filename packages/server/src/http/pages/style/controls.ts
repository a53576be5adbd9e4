/** Buttons, fields, notices: what people press and fill in. Every target is at least 44 px high. */
export const controls = `
.button {
  display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 48px; padding: 10px 20px;
  border: 1px solid transparent; border-radius: var(--radius); font: 600 1rem/1.4 var(--sans); text-align: center;
  text-decoration: none; cursor: pointer; -webkit-appearance: none; appearance: none;
}
.button.primary { background: var(--accent); color: var(--on-accent); }
.button.primary:hover { background: var(--accent-hover); }
.button.plain { background: var(--surface); color: var(--text); border-color: var(--edge); }
.button.plain:hover { background: var(--inset); border-color: var(--text); }
.button.danger { background: var(--surface); color: var(--danger); border-color: currentColor; }
.button.danger:hover { background: var(--danger-soft); }
.button.small {
  min-height: 44px; padding: 8px 14px; font-size: .9375rem; font-weight: 500; background: none; color: var(--text); border-color: var(--line);
}
.button.small:hover { background: var(--inset); border-color: var(--edge); }
.button.link {
  min-height: 44px; padding: 4px 0; background: none; color: var(--accent); font-weight: 500; font-size: .9375rem;
  text-decoration: underline; text-underline-offset: 3px; text-decoration-thickness: 1px; border: 0; border-radius: 4px;
}
.button.link:hover { text-decoration-thickness: 2px; }
.button[aria-busy] { cursor: progress; opacity: .75; }
.actions { display: grid; gap: 12px; }
.sheet .button.primary, .sheet .button.plain, .sheet .button.danger { width: 100%; }
.choice { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
.choice .button { padding-inline: 8px; }

.fields > * + * { margin-top: 20px; }
.fields > .button, .fields > .actions { margin-top: 28px; }
.field { display: grid; gap: 6px; }
.field label, .legend { padding: 0; font-weight: 600; font-size: .9375rem; }
.field input, .field select {
  width: 100%; min-height: 48px; padding: 10px 14px; border: 1px solid var(--edge); border-radius: var(--radius);
  background: var(--surface); color: var(--text); font: 400 1rem/1.5 var(--sans); -webkit-appearance: none; appearance: none;
}
.field input:hover, .field select:hover { border-color: var(--text); }
.field input:focus, .field select:focus { outline: 3px solid var(--accent); outline-offset: -1px; border-color: var(--accent); }
.field input[aria-invalid] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
.field input[aria-invalid]:focus { outline-color: var(--danger); box-shadow: none; }
.field select {
  padding-right: 40px;
  background: var(--surface) linear-gradient(45deg, transparent 50%, var(--muted) 50%) calc(100% - 21px) 21px / 6px 6px no-repeat;
  background-image: linear-gradient(45deg, transparent 50%, var(--muted) 50%), linear-gradient(-45deg, transparent 50%, var(--muted) 50%);
  background-position: calc(100% - 21px) 50%, calc(100% - 15px) 50%; background-size: 6px 6px; background-repeat: no-repeat;
}
.note { font-size: .875rem; color: var(--muted); }
.note:empty { display: none; }
.note.wrong { display: flex; gap: 6px; color: var(--danger); font-weight: 500; }
.note .icon { width: 16px; height: 16px; margin-top: 3px; }
.note.caps { color: var(--warning); font-weight: 500; }

.password { position: relative; }
.password:has(.reveal) input { padding-right: 76px; }
.reveal {
  position: absolute; inset: 2px 2px 2px auto; min-width: 64px; min-height: 44px; padding: 0 12px; border: 0; border-radius: 8px;
  background: none; color: var(--muted); font: 500 .875rem/1 var(--sans); cursor: pointer;
}
.reveal:hover { color: var(--text); }
.reveal:focus-visible { outline-offset: -4px; }

.check { display: flex; gap: 12px; min-height: 44px; padding: 10px 0; cursor: pointer; }
.check input { flex: none; width: 20px; height: 20px; margin: 2px 0 0; accent-color: var(--accent); }
.check .muted { display: block; font-size: .875rem; }

.notice { display: flex; gap: 12px; padding: 12px 14px; border-radius: var(--radius); font-size: .9375rem; }
.notice .icon { margin-top: 1px; }
.notice > div > * + * { margin-top: 4px; }
.notice.info { background: var(--inset); color: var(--text); }
.notice.info .icon { color: var(--muted); }
.notice.success { background: var(--success-soft); color: var(--success); }
.notice.warning { background: var(--warning-soft); color: var(--warning); }
.notice.danger { background: var(--danger-soft); color: var(--danger); }
.notice a { color: inherit; }
@media (forced-colors: active) { .notice { border: 1px solid; } }
`;
