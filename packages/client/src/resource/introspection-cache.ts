/** Answers about tokens, kept for seconds: long enough to spare the server, short enough that a revoked token soon stops working. */
import type { Clock } from '../clock.js';
import type { Introspection } from '../flows/introspection.js';

const mostEntries = 10_000;

/** Asks about tokens through the cache. */
export interface IntrospectionCache {
  ask(token: string): Promise<Introspection>;
  /** Forgets a token, for example when its revocation was announced. */
  forget(token: string): Promise<void>;
}

/** Puts a cache in front of introspection. Tokens are kept as digests only; equal questions at one time are asked once. */
export function cachedIntrospection(
  ask: (token: string) => Promise<Introspection>,
  options: { readonly clock: Clock; readonly seconds: number },
): IntrospectionCache {
  const answers = new Map<string, { readonly answer: Promise<Introspection>; readonly until: number }>();
  const { clock, seconds } = options;

  return {
    ask: async (token) => {
      const name = await digest(token);
      const known = answers.get(name);
      if (known && known.until > clock.now()) return known.answer;
      const answer = ask(token);
      answers.delete(name);
      answers.set(name, { answer, until: clock.now() + seconds * 1000 });
      const [oldest] = answers.keys();
      if (answers.size > mostEntries && oldest !== undefined) answers.delete(oldest);
      return answer.catch((error) => {
        answers.delete(name);
        throw error;
      });
    },
    forget: async (token) => {
      answers.delete(await digest(token));
    },
  };
}

async function digest(token: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
