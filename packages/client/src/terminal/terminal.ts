/** The person in front of the program, as far as this package needs one. Everything said goes to the error stream: the output belongs to data. */

/** A question for one line. */
export interface Question {
  readonly message: string;
  /** Ends the question; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Something that takes a while. */
export interface Spinner {
  stop(message?: string): void;
}

/** How this package talks to a person. Programs may bring their own. */
export interface Terminal {
  /** False when nobody can be asked: no terminal, or a terminal on one side only. */
  readonly interactive: boolean;
  readonly columns?: number;
  /** True when block characters arrive as such. */
  readonly unicode?: boolean;
  info(message: string): void;
  /** Text that leads to an address when it is clicked; the text alone where the terminal has no links. */
  link?(text: string, url: string): string;
  ask(question: Question): Promise<string>;
  /** Asks without showing what is typed. */
  secret(question: Question): Promise<string>;
  choose<T>(
    question: Question & { readonly options: readonly { readonly label: string; readonly value: T }[] },
  ): Promise<T>;
  spinner(message: string): Spinner;
  /** Copies text for pasting; false when there is no way. */
  copy(text: string): Promise<boolean>;
  /** Hears single keys (`enter`, or the letter) until it is stopped. */
  keys?(listener: (key: string) => void): () => void;
}
