/** The one way from a view to bytes. Preact escapes every text and attribute; nothing here bypasses it. */
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

export function renderPage(view: VNode): string {
  return `<!doctype html>\n${renderToString(view)}`;
}
