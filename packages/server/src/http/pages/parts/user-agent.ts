/** A user agent string as people name their devices. A guess for display only: nothing is decided by it. */
import type { Strings } from '../strings/english.js';
import type { IconName } from './icons.js';

export interface DeviceView {
  readonly label: string;
  readonly icon: IconName;
}

export function describeDevice(userAgent: string | undefined, words: Strings['account']['device']): DeviceView {
  const agent = (userAgent ?? '').slice(0, LONGEST_AGENT);
  const browser = BROWSERS.find(([, pattern]) => pattern.test(agent))?.[0];
  const system = SYSTEMS.find(([, pattern]) => pattern.test(agent))?.[0];
  if (browser === undefined) {
    return tool(agent, words);
  }
  const icon = /Mobile|iPhone|Android/.test(agent) ? 'phone' : 'laptop';
  return { label: system === undefined ? browser : words.on(browser, system), icon };
}

/** Command-line programs name themselves first: "authly-cli/1.2.0 node/20". */
function tool(agent: string, words: Strings['account']['device']): DeviceView {
  const name = /^([A-Za-z][\w .-]{0,30})\/\d/.exec(agent)?.[1];
  return name === undefined || name === 'Mozilla'
    ? { label: words.unknown, icon: 'laptop' }
    : { label: name, icon: 'terminal' };
}

/** Characters; real ones have fewer. */
const LONGEST_AGENT = 500;

// The order matters: every browser claims to be the ones that came before it.
const BROWSERS = [
  ['Edge', /Edg(e|A|iOS)?\//],
  ['Opera', /OPR\//],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Firefox', /(Firefox|FxiOS)\//],
  ['Chrome', /(Chrome|CriOS|HeadlessChrome)\//],
  ['Safari', /Version\/\d.{0,40} Safari\//],
] as const;

const SYSTEMS = [
  ['iPad', /iPad/],
  ['iPhone', /iPhone/],
  ['Android', /Android/],
  ['Windows', /Windows NT/],
  ['macOS', /Mac OS X/],
  ['ChromeOS', /CrOS/],
  ['Linux', /Linux/],
] as const;
