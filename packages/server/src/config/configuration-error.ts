/** One thing that is wrong with the configuration. Never holds the value of a secret. */
export interface ConfigurationProblem {
  /** The variable, flag, or place in the file that has to be changed. */
  readonly where: string;
  /** What is wrong, and what to set. */
  readonly what: string;
}

/** The server cannot start like this. Names every problem, so that one round of changes is enough. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly ConfigurationProblem[]) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`The configuration has ${count}:\n${problems.map(({ where, what }) => `  - ${where} ${what}`).join('\n')}`);
    this.name = 'ConfigurationError';
  }
}
