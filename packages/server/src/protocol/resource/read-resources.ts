import { canonicalResource, LONGEST_RESOURCE } from '@authly/oauth';
import { OAuthError } from '../error.js';

const MOST_RESOURCES = 10;

/** Reads the `resource` parameters: absolute URIs without fragment. @spec RFC 8707 §2 */
// @check 63
export function readResources(resources: readonly string[] | undefined): readonly string[] {
  const wanted = [...new Set(resources ?? [])];
  if (wanted.length > MOST_RESOURCES)
    throw new OAuthError('invalid_target', `At most ${MOST_RESOURCES} resources can be named.`);
  if (wanted.some((resource) => canonicalResource(resource) === undefined))
    throw new OAuthError(
      'invalid_target',
      `resource must be an absolute URI without a fragment, of at most ${LONGEST_RESOURCE} characters.`,
    );
  return wanted;
}
