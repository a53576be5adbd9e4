/** A moment, as people say it. The script turns the long form into the reader's own time zone. */
import type { VNode } from 'preact';

export interface TimeProps {
  readonly at: Date;
  readonly language: string;
}

/** "3 hours ago", "in 12 days"; beyond 30 days the date. */
export function RelativeTime({ at, now, language }: TimeProps & { readonly now: Date }): VNode {
  return (
    <time datetime={at.toISOString()} title={longForm(at, language)}>
      {relativeForm(at, now, language)}
    </time>
  );
}

/** "21 November 2026, 14:05 UTC". */
export function ExactTime({ at, language }: TimeProps): VNode {
  return (
    <time datetime={at.toISOString()} data-local>
      {longForm(at, language)}
    </time>
  );
}

/** "21 November 2026". */
export function DateOnly({ at, language }: TimeProps): VNode {
  return <time datetime={at.toISOString()}>{dateForm(at, language)}</time>;
}

function relativeForm(at: Date, now: Date, language: string): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size >= 30 * DAY) {
    return dateForm(at, language);
  }
  const format = new Intl.RelativeTimeFormat(regional(language), { numeric: 'auto' });
  const [unit, length] = UNITS.find(([, length]) => size >= length) ?? (['second', 1] as const);
  return unit === 'second' ? format.format(0, 'second') : format.format(Math.trunc(seconds / length), unit);
}

function dateForm(at: Date, language: string): string {
  return new Intl.DateTimeFormat(regional(language), { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

function longForm(at: Date, language: string): string {
  const time = new Intl.DateTimeFormat(regional(language), { timeStyle: 'short', timeZone: 'UTC' }).format(at);
  return `${dateForm(at, language)}, ${time} UTC`;
}

/** English without a country would write month before day, which most readers of English dates misread. */
function regional(language: string): string {
  return language === 'en' ? 'en-GB' : language;
}

const DAY = 86_400;
const UNITS = [
  ['day', DAY],
  ['hour', 3600],
  ['minute', 60],
] as const;
