/** A terminal that answers from a script and remembers what it was told. */
import type { Question, Terminal } from '../terminal/terminal.js';

/** A terminal for tests. */
export interface FakeTerminal extends Terminal {
  /** Everything that was said, line by line. */
  readonly lines: readonly string[];
  /** Every question that was asked. */
  readonly questions: readonly string[];
  readonly copied: readonly string[];
  /** Answers the question that waits, or the next one. */
  answer(text: string): void;
  /** Presses a key. */
  press(key: string): void;
}

/**
 * Makes a terminal with somebody in front of it, or nobody with `interactive: false`.
 *
 * @example
 * ```ts
 * const terminal = createFakeTerminal();
 * terminal.answer('alice');
 * const authenticator = new CLIAuthenticator({ appName: 'my-app', terminal });
 * ```
 */
export function createFakeTerminal(options: { readonly interactive?: boolean } = {}): FakeTerminal {
  const lines: string[] = [];
  const questions: string[] = [];
  const copied: string[] = [];
  const answers: string[] = [];
  const waiting: ((text: string) => void)[] = [];
  const listeners = new Set<(key: string) => void>();

  const ask = (question: Question): Promise<string> => {
    questions.push(question.message);
    const ready = answers.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    return new Promise((resolve, reject) => {
      waiting.push(resolve);
      question.signal?.addEventListener(
        'abort',
        () => {
          waiting.splice(waiting.indexOf(resolve), 1);
          reject(question.signal?.reason);
        },
        { once: true },
      );
    });
  };

  return {
    interactive: options.interactive ?? true,
    columns: 80,
    unicode: true,
    lines,
    questions,
    copied,
    info: (message) => void lines.push(...message.split('\n')),
    ask,
    secret: ask,
    choose: async (question) => {
      const answer = await ask(question);
      const chosen = question.options.find(({ label }) => label === answer) ?? question.options[Number(answer) - 1];
      if (!chosen) throw new Error(`there is no option ${answer}`);
      return chosen.value;
    },
    spinner: (message) => {
      lines.push(message);
      return { stop: (last) => (last === undefined ? undefined : void lines.push(last)) };
    },
    copy: async (text) => {
      copied.push(text);
      return true;
    },
    keys: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    answer: (text) => {
      const next = waiting.shift();
      if (next) next(text);
      else answers.push(text);
    },
    press: (key) => {
      for (const listener of listeners) listener(key);
    },
  };
}
