import { createAgent, type Page } from '../../packages/server/test/support/agent.js';

export interface Person {
  readonly username: string;
  readonly password: string;
}

/** Watches what a program prints and does what it asks for in a browser: opens the address, types the code, signs in, agrees. */
export function watchedBy(person: Person, server: string): (soFar: string) => void {
  let busy = false;
  return (soFar) => {
    if (busy) return;
    const code = /Your code: +(\S+)|"user_code": "([^"]+)"/.exec(soFar);
    const address = /Open (http:\/\/\S+) in a browser|(http:\/\/\S+\/oauth\/authorize\?\S+)\n/.exec(soFar);
    if (!code && !address) return;
    busy = true;
    const work = code
      ? connectDevice(person, server, code[1] ?? code[2] ?? '')
      : openAddress(person, server, address?.[1] ?? address?.[2] ?? '');
    void work.catch((error: unknown) => console.error(error));
  };
}

async function connectDevice(person: Person, server: string, code: string): Promise<void> {
  const agent = createAgent(server);
  let page = await agent.follow(await agent.get('/device'));
  page = await signedIn(page, person, agent);
  page = await agent.submit(page, 'device-form', { user_code: code });
  await agent.submit(page, 'device-confirm-form', { decision: 'allow' });
}

async function openAddress(person: Person, server: string, address: string): Promise<void> {
  const agent = createAgent(server);
  const start = await agent.get(address);
  let page = start.location === undefined ? start : await agent.follow(await agent.get(start.location));
  page = await signedIn(page, person, agent);
  if (page.body.includes('id="consent-form"')) page = await agent.submit(page, 'consent-form', { decision: 'allow' });
  if (page.location === undefined) throw new Error(`the login ends at ${page.url} with ${page.status}`);
  await agent.get(page.location);
}

async function signedIn(page: Page, person: Person, agent: ReturnType<typeof createAgent>): Promise<Page> {
  return page.body.includes('id="login-form"') ? agent.submit(page, 'login-form', { ...person }) : page;
}
