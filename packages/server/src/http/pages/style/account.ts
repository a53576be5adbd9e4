/** The account page: sections in a column, with their list beside them where there is room. */
export const account = `
.wide .top, .wide main, .wide .foot { max-width: 976px; }
.wide .top { padding: 20px 0; }
.wide .foot { margin-top: auto; padding-top: 32px; }
.corner { display: flex; align-items: center; gap: 16px; min-width: 0; }
.signed-in { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--muted); font-size: .9375rem; }
.columns { display: grid; gap: 24px; padding: 16px 0 32px; }
.contents { display: none; }
.sections { display: grid; gap: 24px; min-width: 0; align-content: start; }
.section {
  background: var(--surface); border: 1px solid var(--line); border-radius: 16px; padding: 28px 32px;
  scroll-margin-top: 24px; min-width: 0;
}
.section > * + * { margin-top: 20px; }
.section-head > * + * { margin-top: 4px; }
.empty { padding: 20px; border: 1px dashed var(--line); border-radius: var(--radius); color: var(--muted); text-align: center; }

.rows { list-style: none; padding: 0; margin-bottom: 0; }
.row {
  display: grid; grid-template: "face title act" auto "face about act" 1fr ". below below" auto / 40px minmax(0, 1fr) auto;
  gap: 0 16px; padding: 16px 0; border-bottom: 1px solid var(--line);
}
.face { grid-area: face; }
.act { grid-area: act; }
.row .tile, .face > .icon { width: 40px; height: 40px; border-radius: 10px; font-size: 1rem; }
.face > .icon { padding: 10px; background: var(--inset); color: var(--muted); }
.about { grid-area: about; }
.row h3 {
  grid-area: title; font-size: .9375rem; font-weight: 600; letter-spacing: 0; }
.pages { display: flex; gap: 8px; }
.may, .meta { color: var(--muted); font-size: .875rem; }
/* The dot before the first fact of a line falls outside of the box. */
.meta { display: flex; flex-wrap: wrap; gap: 0 17px; overflow: hidden; }
.meta > * { position: relative; min-width: 0; }
.meta > *::before { content: "·"; position: absolute; left: -11px; }
.below { grid-area: below; margin-top: 12px; }
.event { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 0 16px; padding: 12px 0; border-bottom: 1px solid var(--line); font-size: .9375rem; }
.event .what { display: flex; align-items: center; gap: 6px; font-weight: 500; }
.event .what.bad { color: var(--danger); }
.event .icon { width: 16px; height: 16px; }
.rows > :first-child { border-top: 1px solid var(--line); }
.rows:last-child > :last-child { border-bottom: 0; padding-bottom: 0; }
.section > form:not(:last-child) .rows > :last-child { border-bottom: 1px solid var(--line); padding-bottom: 16px; }

.badge {
  display: inline-block; padding: 1px 8px; border-radius: 20px; background: var(--inset); color: var(--muted);
  font-weight: 500; font-size: .8125rem; letter-spacing: 0; white-space: nowrap; border: 1px solid var(--line);
}
.badge.good { background: var(--success-soft); color: var(--success); border-color: transparent; }
.badge.bad { background: var(--danger-soft); color: var(--danger); border-color: transparent; }

.identity { display: flex; align-items: center; gap: 16px; }
.identity .tile { width: 56px; height: 56px; font-size: 1.25rem; background: var(--accent-soft); color: var(--accent); }
.identity h2 { }
.identity + .facts { padding-top: 20px; border-top: 1px solid var(--line); }

summary { list-style: none; cursor: pointer; width: fit-content; }
summary::-webkit-details-marker { display: none; }
.fold[open] > summary { background: var(--inset); }
.fold > form { margin-top: 20px; }
.below .fold > form { margin-top: 8px; }
.part { display: grid; gap: 12px; justify-items: start; font-size: .9375rem; }
.part .field { width: 100%; max-width: 320px; }
.part + .part { padding-top: 16px; margin-top: 20px; border-top: 1px solid var(--line); }
.narrow { max-width: 400px; }

.new-key { padding: 24px 32px 28px; border: 2px solid var(--accent); border-radius: 16px; background: var(--surface); display: grid; gap: 4px; }
.copy { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.copy input {
  flex: 1 1 220px; min-width: 0; min-height: 44px; padding: 8px 12px; border: 1px solid var(--edge); border-radius: var(--radius);
  background: var(--surface); color: var(--text);
}
.copy .button { background: var(--surface); border-color: var(--edge); }

@media (min-width: 960px) {
  .columns { grid-template-columns: 184px minmax(0, 1fr); gap: 48px; padding-top: 32px; }
  .contents { display: block; position: sticky; top: 32px; align-self: start; margin-top: -6px; }
  .contents a {
    display: flex; align-items: center; min-height: 44px; padding: 0 12px; margin-left: -12px; border-radius: 8px;
    color: var(--muted); text-decoration: none; font-size: .9375rem;
  }
  .contents a:hover { color: var(--text); background: var(--line); }
}
@media (max-width: 560px) {
  .signed-in { display: none; }
  .section, .new-key { padding: 24px 20px; margin-inline: -8px; }
  .row {
    grid-template: "face title act" auto ". about about" auto ". below below" auto / 40px minmax(0, 1fr) auto;
    gap: 4px 12px;
  }
  .row h3, .act { align-self: center; }
  .event { grid-template-columns: 1fr; }
}
`;
