import type { Context } from '../../ports/context.js';
import { OAuthError } from '../error.js';

const MOST_RESOURCES = 10;

/** Checks the `resource` parameters: absolute URIs without fragment. @spec RFC 8707 §2 */
// @check 63
export function checkResources(resources: readonly string[] | undefined): readonly string[] {
  const wanted = [...new Set(resources ?? [])];
  if (wanted.length > MOST_RESOURCES)
    throw new OAuthError('invalid_target', `At most ${MOST_RESOURCES} resources can be named.`);
  for (const resource of wanted) {
    if (
      !URL.canParse(resource) ||
      resource.includes('#') ||
      resource.length > 2000 ||
      !/^[a-z][a-z0-9+.-]*:/i.test(resource)
    ) {
      throw new OAuthError('invalid_target', 'resource must be an absolute URI without a fragment.');
    }
  }
  return wanted;
}

/** The `aud` of an access token. @spec RFC 9068 §3 */
// @check 147
export function audienceOf(
  resources: readonly string[],
  context: Pick<Context, 'settings'>,
): string | readonly string[] {
  if (resources.length === 1) return resources[0] as string;
  if (resources.length > 1) return resources;
  return context.settings['tokens.default_audience'] ?? context.settings.issuer;
}
