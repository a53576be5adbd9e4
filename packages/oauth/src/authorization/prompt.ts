/** What the client asks the authorization server to show. @spec OpenID Connect Core §3.1.2.1 */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;

export type Prompt = (typeof PROMPTS)[number];

/** Tells whether a string names a prompt that Authly knows. */
export function isPrompt(value: string): value is Prompt {
  return (PROMPTS as readonly string[]).includes(value);
}
