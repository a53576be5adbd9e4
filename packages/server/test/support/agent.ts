import { cookieName } from '../../src/http/cookies.js';

/** A small browser without a screen: keeps cookies, follows redirects by hand, fills in forms. */
export interface Page {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** Where the answer sends the browser, absolute. */
  readonly location: string | undefined;
}

export interface Agent {
  get(url: string, headers?: Record<string, string>): Promise<Page>;
  post(url: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  /** Follows redirects as long as they stay on this server. */
  follow(page: Page): Promise<Page>;
  /** Posts a form of a page with these fields (and its hidden ones), then follows. `button`: name=value of the button pressed. */
  submit(page: Page, formId: string, fields?: Record<string, string>): Promise<Page>;
  readonly cookies: Map<string, string>;
}

export function createAgent(base: string): Agent {
  const cookies = new Map<string, string>();
  const origin = new URL(base).origin;

  async function send(url: string, init: RequestInit): Promise<Page> {
    const absolute = new URL(url, base).href;
    const headers = new Headers(init.headers);
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    if (!headers.has('accept')) headers.set('accept', 'text/html');
    const response = await fetch(absolute, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(line);
    const location = response.headers.get('location');
    return {
      status: response.status,
      url: absolute,
      headers: response.headers,
      body: await response.text(),
      location: location === null ? undefined : resolveLocation(location, absolute),
    };
  }

  function keep(line: string): void {
    const [pair = ''] = line.split(';');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if (value === '' || /max-age=0/i.test(line)) cookies.delete(name);
    else cookies.set(name, value);
  }

  const agent: Agent = {
    cookies,
    get: (url, headers = {}) => send(url, { headers }),
    post: (url, fields, headers = {}) =>
      send(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin, ...headers },
        body: new URLSearchParams(fields).toString(),
      }),
    async follow(page) {
      let current = page;
      for (let hop = 0; hop < 10 && current.location?.startsWith(`${origin}/`); hop += 1)
        current = await agent.get(current.location);
      return current;
    },
    async submit(page, formId, fields = {}) {
      const form = readForm(page.body, formId);
      return agent.follow(await agent.post(new URL(form.action, page.url).href, { ...form.hidden, ...fields }));
    },
  };
  return agent;
}

/** The name of the cookie that says who is signed in. */
export function sessionCookie({ url }: { readonly url: string }): string {
  return cookieName('session', { issuer: url });
}

function resolveLocation(location: string, base: string): string {
  return URL.canParse(location) ? location : new URL(location, base).href;
}

/** The action and the hidden fields of a form in a page. */
export function readForm(
  html: string,
  formId: string,
): { readonly action: string; readonly hidden: Record<string, string> } {
  const form = [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)]
    .map(([text]) => text)
    .find((text) => attribute(text, 'id') === formId);
  if (form === undefined)
    throw new Error(
      `no form ${formId} in the page:\n${html
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .slice(0, 600)}`,
    );
  const inputs = [...form.matchAll(/<input\b(?:[^>"]|"[^"]*")*>/g)]
    .map(([text]) => text)
    .filter((text) => attribute(text, 'type') === 'hidden');
  return {
    action: attribute(form, 'action') ?? '',
    hidden: Object.fromEntries(
      inputs.map((input) => [attribute(input, 'name') ?? '', attribute(input, 'value') ?? '']),
    ),
  };
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`^<(?:[^>"]|"[^"]*")*?\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
