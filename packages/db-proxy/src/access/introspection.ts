/** Whoever holds a token that is alive at this moment. */
export interface Caller {
  readonly subject: string;
  readonly username: string | undefined;
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  /** Milliseconds; API keys without an end have none. */
  readonly expiresAt: number | undefined;
  readonly tokenId: string | undefined;
  /** The login that the token comes from, where Authly tells it (`sid`). */
  readonly sessionId?: string | undefined;
}

export type Access =
  | { readonly kind: 'granted'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Authly did not answer, or not what RFC 7662 says. */
  | { readonly kind: 'unavailable' };

export type Introspect = (token: string) => Promise<Access>;

export interface IntrospectionSettings {
  readonly authlyUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An answer longer than this is none of Authly's. */
const LONGEST_ANSWER = 65_536;
const PATIENCE_MS = 5_000;

/** Asks Authly what a token is worth, as a client with a secret of its own. @spec RFC 7662 §2 */
export function askAuthly({ authlyUrl, clientId, clientSecret }: IntrospectionSettings): Introspect {
  const address = `${authlyUrl.replace(/\/+$/, '')}/api/v1/oauth/introspect`;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  return async (token) => {
    const problem = problemOf(token);
    if (problem !== undefined) return { kind: 'refused', reason: problem };
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
        body: new URLSearchParams({ token }),
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        return { kind: 'unavailable' };
      }
      return readAnswer(JSON.parse(await readText(response)) as unknown);
    } catch {
      // No answer, a broken one, or one that is too long: what went wrong could name the token, so it is not passed on.
      return { kind: 'unavailable' };
    }
  };
}

/** The same question, with every answer told. */
export function countAnswers(introspect: Introspect, tell: (result: Access['kind']) => void): Introspect {
  return async (token) => {
    const access = await introspect(token);
    tell(access.kind);
    return access;
  };
}

/** What can be seen of a token without asking. */
function problemOf(token: string): string | undefined {
  if (token === '') return 'no token was given as the password';
  if (token.startsWith('eyJ') && token.split('.').length < 3)
    return `the token was cut: ${token.length} characters arrived`;
  return undefined;
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > LONGEST_ANSWER) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readAnswer(answer: unknown): Access {
  if (typeof answer !== 'object' || answer === null) return { kind: 'unavailable' };
  const claims = answer as Readonly<Record<string, unknown>>;
  if (typeof claims['active'] !== 'boolean') return { kind: 'unavailable' };
  if (!claims['active']) return { kind: 'refused', reason: 'the token is not valid, has expired or was revoked' };
  if (claims['token_type'] === 'refresh_token')
    return { kind: 'refused', reason: 'this is a refresh token: an access token is needed' };
  if (claims['cnf'] !== undefined)
    return { kind: 'refused', reason: 'the token is bound to a key, and a password proves no key' };
  const subject = textOf(claims['sub']);
  if (subject === undefined) return { kind: 'refused', reason: 'the token names no subject' };
  const { exp } = claims;
  return {
    kind: 'granted',
    caller: {
      subject,
      username: textOf(claims['username']),
      clientId: textOf(claims['client_id']),
      scopes: (textOf(claims['scope']) ?? '').split(' ').filter((scope) => scope !== ''),
      expiresAt: typeof exp === 'number' ? exp * 1000 : undefined,
      tokenId: textOf(claims['jti']),
      sessionId: textOf(claims['sid']),
    },
  };
}

function textOf(claim: unknown): string | undefined {
  return typeof claim === 'string' && claim !== '' ? claim : undefined;
}
