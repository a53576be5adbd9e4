/** How the answer of the authorization endpoint travels back. @spec OAuth Multiple Response Types §2.1, Form Post §2 */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const;

export type ResponseMode = (typeof RESPONSE_MODES)[number];

/** Tells whether a string names a response mode that Authly knows. */
export function isResponseMode(value: string): value is ResponseMode {
  return (RESPONSE_MODES as readonly string[]).includes(value);
}
