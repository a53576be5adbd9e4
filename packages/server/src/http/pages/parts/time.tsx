/** A moment, as people say it. The script turns the long form into the reader's own time zone. */
import type { VNode } from 'preact';

export interface TimeProps {
  readonly at: Date;
  readonly locale: string;
}

/** "3 hours ago", "in 12 days"; beyond 30 days the date. */
export function RelativeTime({ at, now, locale }: TimeProps & { readonly now: Date }): VNode {
  return <time datetime={at.toISOString()}>{relativeForm(at, now, locale)}</time>;
}

/** "21 November 2026, 14:05 UTC". */
export function ExactTime({ at, locale }: TimeProps): VNode {
  return (
    <time datetime={at.toISOString()} data-local>
      {longForm(at, locale)}
    </time>
  );
}

/** "21 November 2026". */
export function DateOnly({ at, locale }: TimeProps): VNode {
  return <time datetime={at.toISOString()}>{dateForm(at, locale)}</time>;
}

function relativeForm(at: Date, now: Date, locale: string): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size >= 30 * DAY) {
    return dateForm(at, locale);
  }
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const [unit, length] = UNITS.find(([, length]) => size >= length) ?? (['second', 1] as const);
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.trunc(seconds / length), unit);
}

function dateForm(at: Date, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

function longForm(at: Date, locale: string): string {
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' }).format(at);
  return `${dateForm(at, locale)}, ${time} UTC`;
}

const DAY = 86_400;
const UNITS = [
  ['day', DAY],
  ['hour', 3600],
  ['minute', 60],
] as const;
