import type { Finding } from './finding.js';

const PATIENCE_MS = 5000;

/** What strangers see of the server at its issuer. */
export async function onlineFindings(issuer: string | undefined): Promise<readonly Finding[]> {
  if (issuer === undefined) return [];
  const discovery = await ask(`${issuer}/.well-known/openid-configuration`);
  if (typeof discovery === 'string' || discovery.status !== 200) {
    return [
      {
        rule: 'server-away',
        level: 'error',
        what: `${issuer} does not answer: ${typeof discovery === 'string' ? discovery : `status ${discovery.status}`}`,
        mend: 'Check that the server runs, and the proxy before it',
      },
    ];
  }
  const said = (await discovery.json().catch(() => undefined)) as { issuer?: unknown } | undefined;
  const findings: Finding[] = [];
  if (said?.issuer !== issuer) {
    findings.push({
      rule: 'issuer-mismatch',
      level: 'error',
      what: `The server at ${issuer} says that it is ${JSON.stringify(said?.issuer)}`,
      mend: 'Set AUTHLY_ISSUER to the address that clients know',
    });
  }
  if (new URL(issuer).protocol !== 'https:') return findings;
  for (const [rule, path] of [
    ['admin-reachable', '/admin/health'],
    ['metrics-reachable', '/metrics'],
  ] as const) {
    const answer = await ask(`${issuer}${path}`);
    if (typeof answer === 'string' || answer.status !== 200) continue;
    findings.push({
      rule,
      level: 'error',
      what: `${issuer}${path} answers whoever asks`,
      mend: 'Let the proxy keep it from the outside (deploy/reverse-proxy)',
    });
  }
  return findings;
}

/** The answer, or why there was none. */
async function ask(url: string): Promise<Response | string> {
  try {
    return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    return error instanceof Error
      ? error.cause instanceof Error
        ? error.cause.message
        : error.message
      : String(error);
  }
}
