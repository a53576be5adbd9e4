import { type Parameters, readParameters } from '@authly/oauth';
import { type EndpointName, parameterNames } from '../../protocol/endpoints/table.js';
import { OAuthError } from '../../protocol/error.js';
import { formParameters, type Incoming, jsonBody, queryParameters } from '../incoming.js';

/** The parameters of an endpoint, from its form; one that came twice is refused. The query string is not read. @spec OAuth 2.1 §3.2 */
export function readForm(request: Incoming, name: EndpointName): Parameters {
  return refuseRepeated(formParameters(request, parameterNames(name)));
}

/** The same from the query string. */
export function readQuery(request: Incoming, name: EndpointName): Parameters {
  return refuseRepeated(queryParameters(request, parameterNames(name)));
}

/** The same from a JSON object, for scripts of older versions: whatever is no text is ignored. */
export function readJson(request: Incoming, name: EndpointName): Parameters {
  const pairs = Object.entries(jsonBody(request)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return readParameters(pairs, parameterNames(name));
}

function refuseRepeated(parameters: Parameters): Parameters {
  const [repeated] = parameters.repeated;
  if (repeated === undefined) return parameters;
  throw new OAuthError('invalid_request', `The parameter ${repeated} was sent more than once.`);
}
