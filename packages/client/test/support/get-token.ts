/** A small program that needs a token: what every command of a tool does first. Prints one line of JSON. */
import { AuthClient, SessionExpiredError, describeError, isAuthError } from '../../src/index.js';

const client = new AuthClient({
  appName: 'race',
  timeoutMs: Number(process.env.REQUEST_TIMEOUT_MS ?? 30_000),
  method: 'auto',
});
const events: string[] = [];
for (const event of ['token:refreshed', 'refresh:failed', 'storage:fallback', 'storage:lock-timeout'] as const) {
  client.on(event, () => events.push(event));
}
try {
  const token = await client.getAccessToken();
  await client.close();
  process.stdout.write(`${JSON.stringify({ ok: true, token: token.slice(-8), events })}\n`);
} catch (error) {
  const code = isAuthError(error) ? error.code : String(error);
  const end = error instanceof SessionExpiredError ? error.end : undefined;
  process.stdout.write(`${JSON.stringify({ ok: false, code, end, text: describeError(error), events })}\n`);
  process.exitCode = isAuthError(error) ? error.exitCode : 1;
}
