/** Times as people read them, always UTC, and always said so where the column head does not. */

/** `2025-07-10 10:00:00` */
export function dateAndTime(value: string | Date | null | undefined): string {
  const date = value === null || value === undefined ? undefined : new Date(value);
  if (!date || Number.isNaN(date.getTime())) return '-';
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** `2025-07-10 10:00:00 UTC` */
export function utc(value: string | Date | null | undefined): string {
  const shown = dateAndTime(value);
  return shown === '-' ? shown : `${shown} UTC`;
}

/** `2 minutes ago`, `in 3 days`; the date where that is more than a month away. */
export function fromNow(value: string | Date | null | undefined, now: Date): string {
  const shown = dateAndTime(value);
  if (shown === '-' || value === null || value === undefined) return '-';
  const away = (new Date(value).getTime() - now.getTime()) / 1000;
  const distance = Math.abs(away);
  if (distance < 45) return away <= 0 ? 'just now' : 'in a moment';
  if (distance > 30 * 86_400) return shown.slice(0, 10);
  const [size, unit] = distance < 3570 ? [60, 'minute'] : distance < 86_000 ? [3600, 'hour'] : [86_400, 'day'];
  const amount = count(Math.round(distance / size), unit);
  return away < 0 ? `${amount} ago` : `in ${amount}`;
}

/** `2025-07-10T10:00:00Z`, or nothing. */
export function isoTime(value: string | Date | null | undefined): string {
  const shown = dateAndTime(value);
  return shown === '-' ? '' : `${shown.replace(' ', 'T')}Z`;
}

/** `2 days, 5 hours, 30 minutes`: from the largest unit that counts down to minutes; seconds only below a minute. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return count(whole, 'second');
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'day'],
    [Math.floor(whole / 3600) % 24, 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first)
    .map(([amount, unit]) => count(amount, unit))
    .join(', ');
}

/** `1 client`, `2 clients` */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/**
 * Seconds of a duration that a person wrote: `90s`, `30m`, `12h`, `7d`, `1y`, or a number of seconds; `undefined` for anything else.
 */
export function seconds(value: string): number | undefined {
  const match = /^(\d{1,9})(s|m|h|d|w|y)?$/.exec(value.trim());
  if (!match) return undefined;
  return Number(match[1]) * (SECONDS[match[2] ?? 's'] ?? 1);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };
