/** A browser without a window: follows redirects, keeps cookies, sends forms. */

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
}

export interface SmallBrowser {
  open(url: string): Promise<Page>;
  /** Follows redirects up to an address that is not opened; returns that address. */
  stopAt(url: string, prefix: string): Promise<string>;
  /** Sends the form of a page, with some fields filled in. */
  submit(page: Page, fields?: Record<string, string>): Promise<Page>;
}

export function createBrowser(): SmallBrowser {
  const cookies = new Map<string, string>();

  async function visit(url: string, init: RequestInit = {}, stop?: string): Promise<Page> {
    let target = url;
    let request = init;
    for (let hop = 0; hop < 20; hop += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(target, {
        ...request,
        redirect: 'manual',
        headers: { ...(cookie && { cookie }), ...(request.headers as Record<string, string>) },
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      const location = response.headers.get('location');
      if (!location) return { url: target, status: response.status, text: await response.text() };
      await response.body?.cancel();
      target = new URL(location, target).href;
      if (stop !== undefined && target.startsWith(stop)) return { url: target, status: 0, text: '' };
      request = {};
    }
    throw new Error('the browser was redirected too often');
  }

  return {
    open: (url) => visit(url),
    stopAt: async (url, prefix) => (await visit(url, {}, prefix)).url,
    submit: (page, fields = {}) => {
      const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? page.url;
      const hidden = [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
        /name="([^"]+)"/.exec(input)?.[1] ?? '',
        /value="([^"]*)"/.exec(input)?.[1] ?? '',
      ]);
      const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
      return visit(new URL(action, page.url).href, { method: 'POST', body });
    },
  };
}

/** Approves a device code as the person with the browser would. */
export async function approveDevice(verificationUri: string, userCode: string): Promise<Page> {
  const browser = createBrowser();
  const input = await browser.open(verificationUri);
  const confirm = await browser.submit(input, { user_code: userCode });
  return browser.submit(confirm, { user_code: userCode, confirm: 'yes' });
}
