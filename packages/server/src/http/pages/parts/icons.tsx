/**
 * Icons, drawn on a 20-unit grid in the colour of their text (the style sheet draws the line). They never speak: the words
 * beside them do.
 */
import type { VNode } from 'preact';

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name }: { name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={DRAWINGS[name]} />
    </svg>
  );
}

const DRAWINGS = {
  alert: 'M10 6.5v4.2M10 13.6v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z',
  check: 'M4.5 10.5l3.6 3.6 7.4-8.2',
  cross: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  info: 'M10 9.4v4.2M10 6.4v.1M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z',
  key: 'M11.4 8.6l6.1-6.1M14.5 5.5l2.2 2.2M6.7 9a4.2 4.2 0 1 1 0 8.4 4.2 4.2 0 0 1 0-8.4zM9.7 10.3l1.8-1.8',
  laptop: 'M4.5 4.5h11v8h-11zM2.5 15.5h15',
  phone: 'M6.5 2.5h7v15h-7zM9.3 14.9h1.4',
  terminal: 'M2.5 4h15v12h-15zM5.5 7.5l2.5 2.3-2.5 2.3M10 12.5h4',
  time: 'M10 5.8V10l2.8 1.8M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z',
} as const;
