import { describe, expect, it } from 'vitest';
import { scopeView } from '../../../src/http/pages/parts/permissions.js';
import { RelativeTime } from '../../../src/http/pages/parts/time.js';
import { describeDevice } from '../../../src/http/pages/parts/user-agent.js';
import { renderPage } from '../../../src/http/pages/render.js';
import { duration, english } from '../../../src/http/pages/strings/english.js';

const words = english.account.device;

describe('the sentence of a permission', () => {
  it('comes from the catalogue, then from what is stored, then is its name', () => {
    expect(scopeView('email', 'stored text', english).sentence).toBe('See your email address');
    expect(scopeView('invoices:read', 'Read your invoices', english).sentence).toBe('Read your invoices');
    expect(scopeView('invoices:read', '', english).sentence).toBe('invoices:read');
    expect(scopeView('constructor', undefined, english).sentence).toBe('constructor');
  });

  it('exists for every scope that the product itself creates', () => {
    for (const name of ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read', 'write', 'admin']) {
      expect(english.scopes[name], name).toBeDefined();
    }
    for (const noun of ['clients', 'scopes', 'users', 'system']) {
      expect(english.scopes[`admin:${noun}:read`], noun).toBeDefined();
      expect(english.scopes[`admin:${noun}:write`], noun).toBeDefined();
    }
  });
});

describe('a device', () => {
  it.each([
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0',
      'Edge on Windows',
      'laptop',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox on Linux', 'laptop'],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36',
      'Chrome on Android',
      'phone',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.6 Safari/605.1.15',
      'Safari on macOS',
      'laptop',
    ],
    ['authly-cli/1.2.0 node/24', 'authly-cli', 'terminal'],
    ['curl/8.5.0', 'curl', 'terminal'],
    ['', 'Unknown device', 'laptop'],
    ['<script>/1', 'Unknown device', 'laptop'],
  ])('%s is shown as %s', (agent, label, icon) => {
    expect(describeDevice(agent, words)).toEqual({ label, icon });
  });
});

describe('a moment', () => {
  const now = new Date('2026-11-21T14:05:00Z');
  const text = (at: string): string =>
    renderPage(RelativeTime({ at: new Date(at), now, locale: english.locale }))
      .replace(/<[^>]*>/g, '')
      .trim();

  it('is told the way people say it', () => {
    expect(text('2026-11-21T14:04:40Z')).toBe('now');
    expect(text('2026-11-21T13:00:00Z')).toBe('1 hour ago');
    expect(text('2026-11-20T10:00:00Z')).toBe('yesterday');
    expect(text('2026-12-03T14:05:00Z')).toBe('in 12 days');
    expect(text('2026-09-21T14:05:00Z')).toBe('21 September 2026');
  });

  it('to wait for is rounded up', () => {
    expect(duration(0)).toBe('1 second');
    expect(duration(40)).toBe('40 seconds');
    expect(duration(61 * 60)).toBe('61 minutes');
    expect(duration(290)).toBe('5 minutes');
    expect(duration(7201)).toBe('3 hours');
  });
});
