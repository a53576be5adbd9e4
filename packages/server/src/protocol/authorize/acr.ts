import type { AuthorizationQuestion } from '../../model/tokens/authorization-request.js';
import { ACR_MULTI_FACTOR, ACR_PASSWORD, ACR_VALUES } from '../../identity/assurance.js';

/** How well a person must have proved who they are, as a request asks for it. */
export type AcrAsked = Partial<Pick<AuthorizationQuestion, 'acrValues' | 'claims'>>;

export type AcrNeed =
  /** `essential`: without it there is no answer. */
  | { readonly kind: 'second-factor'; readonly essential: boolean }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'nothing' };

/**
 * What a request needs beyond what the session is worth. The first value that we know counts, because they come in the order of
 * preference. acr_values are a wish; an essential acr is a demand. @spec OpenID Connect Core §5.5.1.1, RFC 9470 §4
 */
// @check 55, 273
export function neededAcr(
  request: AcrAsked,
  { acr, hasSecondFactor }: { readonly acr: string; readonly hasSecondFactor: boolean },
): AcrNeed {
  const { values, essential } = wantedAcr(request);
  const preferred = values.find((value) => ACR_VALUES.includes(value));
  if (preferred === ACR_PASSWORD || (preferred === ACR_MULTI_FACTOR && acr === ACR_MULTI_FACTOR))
    return { kind: 'nothing' };
  if (preferred === ACR_MULTI_FACTOR && hasSecondFactor) return { kind: 'second-factor', essential };
  return essential && !values.includes(ACR_PASSWORD) ? { kind: 'unreachable' } : { kind: 'nothing' };
}

/** Whether it makes a difference for this request that a person has a second factor. */
export function asksForSecondFactor(request: AcrAsked): boolean {
  return wantedAcr(request).values.includes(ACR_MULTI_FACTOR);
}

/** What the tokens say: what the session is worth, or of that the part that was demanded. */
export function answeredAcr(request: AcrAsked, acr: string): string {
  const { values, essential } = wantedAcr(request);
  if (!essential || values.includes(acr)) return acr;
  const reached = ACR_VALUES.slice(0, ACR_VALUES.indexOf(acr) + 1);
  return values.find((value) => reached.includes(value)) ?? acr;
}

/** The claims parameter is the more exact way to ask. @spec OpenID Connect Core §5.5.1.1 */
function wantedAcr({ claims, acrValues = [] }: AcrAsked): {
  readonly values: readonly string[];
  readonly essential: boolean;
} {
  const asked = claims?.id_token?.acr;
  const listed = asked?.values ?? asked?.value;
  if (listed === undefined) return { values: acrValues, essential: false };
  const values = [listed].flat().filter((value) => typeof value === 'string');
  return { values, essential: asked?.essential === true };
}
