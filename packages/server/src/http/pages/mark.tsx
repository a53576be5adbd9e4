/**
 * The mark: a capital A whose counter is a keyhole. One path, one colour, drawn on a 32-unit grid so that its edges fall
 * on whole pixels at 16 px.
 */
import type { VNode } from 'preact';

export function Mark({ size = 28 }: { size?: number }): VNode {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path fill="currentColor" d={MARK_PATH} />
    </svg>
  );
}

/** The mark as a file of its own, which follows the colour scheme of the browser's tab bar. */
export function faviconSvg(colours: { light: string; dark: string }): string {
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `<style>path{fill:${colours.light}}@media(prefers-color-scheme:dark){path{fill:${colours.dark}}}</style>` +
    `<path d="${MARK_PATH}"/></svg>`
  );
}

const MARK_PATH =
  'M12.2 5.6a4.3 4.3 0 0 1 7.6 0l10.4 19.6a3.3 3.3 0 0 1-2.9 4.8h-6.1l-2.4-8.1a4.6 4.6 0 1 0-5.6 0L10.8 30H4.7' +
  'a3.3 3.3 0 0 1-2.9-4.8z';
