/** Which login method to use when nobody has said. */
import type { AuthMethod } from '../credentials/credential.js';
import { ConfigurationError } from '../errors/credential-errors.js';
import { NonInteractiveError } from '../errors/login-errors.js';
import { workflowHint } from '../profiles/pipeline.js';
import type { Program } from '../profiles/program.js';
import type { Surroundings } from './surroundings.js';

/** What is there to choose by. */
export interface MethodChoice {
  /** `--method`. */
  readonly asked?: AuthMethod | 'auto';
  /** The method of the profile. */
  readonly configured?: AuthMethod | 'auto';
  /** Machine credentials that are set up. */
  readonly machine?: 'client_credentials' | 'api_key';
  readonly surroundings: Surroundings;
  /** What the server offers; unknown methods are thought to be offered. */
  readonly offers?: { readonly device: boolean; readonly browser: boolean };
  readonly noBrowser?: boolean;
}

/** Chooses by the fixed order: asked, configured, machine credentials where nobody can be asked, code when far from a browser, browser. */
export function chooseMethod(choice: MethodChoice): AuthMethod | undefined {
  if (choice.asked !== undefined && choice.asked !== 'auto') return choice.asked;
  if (choice.configured !== undefined && choice.configured !== 'auto') return choice.configured;
  if (!choice.surroundings.interactive) return choice.machine;
  const offers = choice.offers ?? { device: true, browser: true };
  const far = choice.surroundings.remote || choice.noBrowser === true;
  if (far && offers.device) return 'device_code';
  return offers.browser ? 'authorization_code' : 'device_code';
}

/** True for methods that need a person to be there. */
export function needsPerson(method: AuthMethod): boolean {
  return method === 'authorization_code' || method === 'device_code' || method === 'password';
}

/**
 * Reads a method as it is typed: the registered names and the short ones. Rejects with ConfigurationError.
 *
 * @example
 * ```ts
 * await authenticator.login({ method: parseMethod('device') });
 * ```
 */
export function parseMethod(text: string): AuthMethod | 'auto' {
  const method = methodNames[text.trim().toLowerCase().replaceAll('-', '_')];
  if (method) return method;
  throw new ConfigurationError({
    message: 'There is no such login method.',
    reason: 'The methods are auto, browser, device, password, client-credentials and api-key.',
    hint: 'Choose one of them with --method.',
  });
}

/** The error for a login that would need a person, with the ways that do not. */
export function nobodyToAsk(program: Program, surroundings: Surroundings, profile: string): NonInteractiveError {
  const prefix = program.envPrefix;
  const workflow = workflowHint(program);
  const alternatives = [
    ...(workflow === undefined ? [] : [workflow]),
    `Set ${prefix}_TOKEN to an access token or ${prefix}_API_KEY to an API key.`,
    `Set ${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET for a program of its own.`,
    ...(program.continuesLogins
      ? [`Run "${program.loginCommand(profile)} --no-wait" and finish it with --continue.`]
      : []),
  ];
  return new NonInteractiveError({
    message: 'A login needs a person, and nobody can be asked here.',
    reason: surroundings.because ?? 'There is no terminal to ask on.',
    hint: alternatives.join(' '),
    alternatives,
  });
}

const methodNames: Readonly<Record<string, AuthMethod | 'auto'>> = {
  auto: 'auto',
  browser: 'authorization_code',
  authorization_code: 'authorization_code',
  device: 'device_code',
  device_code: 'device_code',
  password: 'password',
  client_credentials: 'client_credentials',
  api_key: 'api_key',
  external: 'external',
  static_token: 'static_token',
};
