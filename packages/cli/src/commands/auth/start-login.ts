import type { Context } from '../../context.js';
import { safeJson } from '../../terminal/plain-text.js';

/** `login --no-wait`: one process starts, a person signs in wherever there is a browser, another process finishes. */
export async function startLogin(context: Context, scopes: readonly string[]): Promise<void> {
  const pending = await context.session.startLogin({ scopes });
  context.terminal.print(
    safeJson({
      id: pending.id,
      user_code: pending.userCode,
      verification_uri: pending.verificationUri,
      verification_uri_complete: pending.verificationUriComplete ?? null,
      expires_at: pending.expiresAt.toISOString(),
      next_step: `authly admin auth login --continue ${pending.id}`,
    }),
  );
}
