import { isIP } from 'node:net';

/** What can be wrong with the value of one setting, said as what to do instead. */

/** @spec RFC 8414 §2, OpenID Connect Discovery §4.1 */
// @check 4, 25
export function issuerUrl(value: string): string | undefined {
  const url = new URL(value);
  if (/[?#]/.test(value)) return 'must have neither query nor fragment: remove everything from the ? or # on';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (value.endsWith('/')) return 'must not end with a slash: clients compare it byte for byte';
  if (url.href !== value && url.href !== `${value}/`) return `must be written as ${url.href.replace(/\/$/, '')}`;
  return undefined;
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export function connectionString(value: string): string | undefined {
  // Several hosts are no valid URL for the URL class, so only the beginning is looked at.
  return /^postgres(?:ql)?:\/\/\S+$/.test(value)
    ? undefined
    : 'must be a PostgreSQL connection string: postgresql://user:password@host:5432/database';
}

export function redisUrl(value: string): string | undefined {
  return /^rediss?:\/\/\S+$/.test(value) ? undefined : 'must be redis://host:6379 or rediss://host:6379';
}

export function pathPrefix(value: string): string | undefined {
  return /^(?:\/[\w.~-]+)+$/.test(value) ? undefined : 'must be a path such as /api/v1, without a slash at its end';
}

export function accentColour(value: string): string | undefined {
  return /^#[0-9a-f]{6}$/i.test(value) ? undefined : 'must be a colour written as #rrggbb';
}

export function networks(values: readonly string[]): string | undefined {
  const wrong = values.filter((value) => !isNetwork(value));
  return wrong.length === 0 ? undefined : `${wrong.join(', ')}: must be IP addresses or CIDR ranges such as 10.0.0.0/8`;
}

export function origins(values: readonly string[]): string | undefined {
  const wrong = values.filter((value) => value !== '*' && !isOrigin(value));
  return wrong.length === 0 ? undefined : `${wrong.join(', ')}: must be * or origins such as https://app.example`;
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

function isNetwork(value: string): boolean {
  const [address = '', bits, ...rest] = value.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** What is wrong with the address of a mail server; `undefined`: nothing. Its password is not repeated. */
export function smtpProblem(value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isMailServer = (url?.protocol === 'smtp:' || url?.protocol === 'smtps:') && url.hostname !== '';
  return isMailServer
    ? undefined
    : 'must be smtp://host:port or smtps://host:port, with user:password@ before the host';
}
