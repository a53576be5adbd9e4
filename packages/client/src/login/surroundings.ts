/** Where the program runs: with a person or without, beside a browser or far from one. */
import { existsSync } from 'node:fs';
import { isYes } from '../profiles/environment.js';
import { isWsl } from '../flows/browser/open-browser.js';

/** What is known of the place. */
export interface Surroundings {
  /** A person can be asked. */
  readonly interactive: boolean;
  /** Why nobody can be asked, for messages. */
  readonly because?: string;
  /** A browser started here would not be in front of the person. */
  readonly remote: boolean;
}

/** What the place is judged by. */
export interface SurroundingsInput {
  readonly terminalInteractive: boolean;
  readonly noInput: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly exists?: (path: string) => boolean;
}

/** The variables by which programs that run commands by themselves make themselves known. */
const automationVariables = [
  'CLAUDECODE',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'CLINE_ACTIVE',
  'OPENCODE',
  'AUGMENT_AGENT',
] as const;

const remoteVariables = [
  'SSH_CONNECTION',
  'SSH_CLIENT',
  'SSH_TTY',
  'CODESPACES',
  'REMOTE_CONTAINERS',
  'GITPOD_WORKSPACE_ID',
  'KUBERNETES_SERVICE_HOST',
] as const;

/**
 * Judges the place. The order of the reasons is the order in which a person would want to hear them.
 *
 * @example
 * ```ts
 * const { interactive, because } = surroundingsOf({ terminalInteractive: true, noInput: false, env: process.env });
 * if (!interactive) console.error(because);
 * ```
 */
export function surroundingsOf(input: SurroundingsInput): Surroundings {
  const { env } = input;
  const automation = automationVariables.find((name) => isYes(env[name]));
  const because = reasonFor(input, automation);
  return { interactive: because === undefined, because, remote: isRemote(input) };
}

function reasonFor(input: SurroundingsInput, automation: string | undefined): string | undefined {
  if (input.noInput) return 'Questions are switched off.';
  if (isYes(input.env.CI)) return 'It runs in continuous integration (CI is set).';
  if (automation !== undefined) return `It is run by another program (${automation} is set).`;
  if (!input.terminalInteractive) return 'There is no terminal to ask on.';
  return undefined;
}

function isRemote(input: SurroundingsInput): boolean {
  const { env } = input;
  const exists = input.exists ?? existsSync;
  if (remoteVariables.some((name) => env[name])) return true;
  if (exists('/.dockerenv') || exists('/run/.containerenv')) return true;
  const headless = (input.platform ?? process.platform) === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY;
  return headless && !isWsl(env);
}
