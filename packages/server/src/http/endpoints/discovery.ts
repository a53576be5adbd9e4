import { cliConfiguration, serverMetadata } from '../../protocol/metadata.js';
import { type Answer, json } from '../answer.js';
import type { Incoming } from '../incoming.js';
import type { Web } from '../web.js';

/** Both discovery documents. @spec RFC 8414 §3, OpenID Connect Discovery §4 */
// @check 1, 2, 8
export async function discovery(_request: Incoming, { context }: Web): Promise<Answer> {
  return json(withoutEmpty(await serverMetadata(context)), { headers: cacheHeaders(300) });
}

/** The public keys. @spec RFC 7517 §5 */
// @check 21, 22
export async function jwks(_request: Incoming, { context }: Web): Promise<Answer> {
  return json(
    { keys: await context.signer.publicKeys() },
    { headers: cacheHeaders(context.settings['keys.announce_seconds']) },
  );
}

/** GET /.well-known/cli-configuration: what a command line needs to log in here. */
export async function cliDiscovery(_request: Incoming, { context }: Web): Promise<Answer> {
  return json(await cliConfiguration(context), { headers: cacheHeaders(300) });
}

function cacheHeaders(seconds: number): Record<string, string> {
  return { 'Cache-Control': `public, max-age=${Math.max(0, Math.min(seconds, 3600))}`, Pragma: '' };
}

/** Members without elements are left out. @spec RFC 8414 §3.2 */
function withoutEmpty(metadata: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      ([, value]) => value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
