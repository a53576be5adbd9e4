import type { Session } from './session.js';

/** The session of commands that have none: whoever asks it for something is a fault of this program. */
export const noSession: Session = {
  token: refuse,
  renew: refuse,
  state: refuse,
  login: refuse,
  startLogin: refuse,
  continueLogin: refuse,
  reveal: refuse,
  logout: refuse,
  profiles: refuse,
  switchTo: refuse,
  remove: refuse,
  close: async () => undefined,
};

async function refuse(): Promise<never> {
  throw new Error('this command has no session');
}
