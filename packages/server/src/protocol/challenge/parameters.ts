import type { Parameters } from '@authly/oauth';
import { refuseRequestObjects, tooLongParameter } from '../authorize/question.js';
import { parameterNames } from '../endpoints/table.js';
import { OAuthError } from '../error.js';

/** Secrets have limits of their own. */
const NOT_MEASURED: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'password']);

/**
 * Checks the form as a whole. What an address or a browser is for (redirect_uri, state, response_mode) has no meaning here and
 * is ignored. @spec draft-ietf-oauth-first-party-apps §4.1, §5.1
 */
export function checkChallengeForm({ values }: Parameters): void {
  const measured = [...parameterNames('authorizeChallenge')].filter((name) => !NOT_MEASURED.has(name));
  const tooLong = tooLongParameter(values, new Set(measured));
  if (tooLong !== undefined) throw new OAuthError('invalid_request', `The parameter ${tooLong} is too long.`);
  refuseRequestObjects(values);
  // Earlier drafts know no response_type.
  const responseType = values.get('response_type') ?? 'code';
  if (responseType !== 'code') throw new OAuthError('unsupported_response_type', 'response_type must be code.');
}
