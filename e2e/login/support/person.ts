/** A person with a browser without a window, who signs in and allows whatever a program asks for. */
import { createAgent, type Agent, type Page } from '../../../packages/server/test/support/agent.js';

export interface Person {
  /** Opens the address that a program has named, and comes back to the program. */
  comeBackFrom(url: string): Promise<void>;
  /** Types in the code that a program shows. */
  enterCode(shown: { readonly verificationUri: string; readonly userCode: string }): Promise<void>;
}

interface Account {
  readonly username: string;
  readonly password: string;
}

/** A person with an account. */
export function createPerson(account: Account): Person {
  return {
    async comeBackFrom(url) {
      const agent = createAgent(url);
      const asked = await signedIn(agent, await agent.follow(await agent.get(url)), account);
      const done = asked.body.includes('id="consent-form"')
        ? await agent.submit(asked, 'consent-form', { decision: 'allow' })
        : asked;
      if (done.location === undefined) throw new Error(`the server did not send the browser back: ${done.status}`);
      const last = await fetch(done.location);
      if (!last.ok) throw new Error(`the program answered ${last.status}`);
    },
    async enterCode({ verificationUri, userCode }) {
      const agent = createAgent(verificationUri);
      const entry = await signedIn(agent, await agent.follow(await agent.get(verificationUri)), account);
      const question = await agent.submit(entry, 'device-form', { user_code: userCode });
      const done = await agent.submit(question, 'device-confirm-form', { decision: 'allow' });
      if (!done.body.includes('id="device-approved"')) throw new Error(`the code was not accepted: ${done.status}`);
    },
  };
}

async function signedIn(agent: Agent, page: Page, account: Account): Promise<Page> {
  if (!page.body.includes('id="login-form"')) return page;
  return agent.submit(page, 'login-form', { ...account });
}
