/** Reading WWW-Authenticate: why an API has refused a token. */

/** One challenge: its scheme in lower case and its parameters. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Reads the challenges of a header; what cannot be read is left out.
 *
 * @spec RFC 9110 §11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const part = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]+))?(\s*,\s*|\s+|$)/y;
  const text = header.trim();
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match) break;
    const [, name = '', value] = match;
    const current = challenges.at(-1);
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    else if (current) current.parameters[name.toLowerCase()] = unquoted(value);
  }
  return challenges;
}

/** The challenge for a token among those of an answer. */
export function tokenChallenge(headers: Headers): Challenge | undefined {
  const challenges = parseChallenges(headers.get('www-authenticate') ?? '');
  const ours = challenges.filter(({ scheme }) => scheme === 'bearer' || scheme === 'dpop');
  return ours.find(({ parameters }) => parameters.error !== undefined) ?? ours[0];
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}
