import {
  type Answer,
  type CallInput,
  type LooseInput,
  prepareCall,
  type Reply,
  type RouteName,
  routes,
} from '@authly/admin-api/client';
import type { Context } from './context.js';
import { CliError } from './errors/cli-error.js';
import { EXIT } from './errors/exit-code.js';
import { sendWithRetry } from './http/retry.js';
import { safeJson } from './terminal/plain-text.js';
import { askYes } from './terminal/prompt.js';

/** Commands that change something go through here, so that --dry-run never sends anything and nothing dangerous happens unasked. */

/** Thrown when a dry run has said everything; ends the command with success. */
export class DryRunDone extends Error {
  override readonly name = 'DryRunDone';
}

export interface Change<Name extends RouteName> {
  readonly route: Name;
  readonly input: CallInput<Name>;
  /** What would be done, to follow "Would": `create client 'My App'`. */
  readonly summary: string;
}

/**
 * Sends one changing call, again when its answer is lost and that is safe, or shows it under --dry-run.
 * @throws DryRunDone after showing it, CliError when the body would be refused anyway.
 */
export async function change<Name extends RouteName>(
  context: Context,
  { route, input, summary }: Change<Name>,
): Promise<Answer<Reply<Name>>> {
  if (context.shared.dryRun) return dryRun(context, { route, input: input as LooseInput, summary });
  // Every method takes exactly the input of its own name; a union of all methods cannot say so.
  const call = context.api[route] as (given: CallInput<Name>) => Promise<Answer<Reply<Name>>>;
  return sendWithRetry(routes[route], (idempotencyKey) => call({ ...input, idempotencyKey }), context);
}

/** Shows what would be done without a request of the admin API, under --dry-run. @throws DryRunDone */
export function planned(context: Context, summary: string): never {
  if (context.output === 'json') context.terminal.print(safeJson({ dry_run: true, summary: `Would ${summary}` }));
  else context.terminal.print(`DRY RUN: Would ${summary}`);
  throw new DryRunDone();
}

/** Makes sure that a person means it: --confirm, a yes at the terminal, or a refusal. Under --dry-run there is nothing to mean. */
export async function confirmed(context: Context, question: string): Promise<void> {
  if (context.shared.confirm || context.shared.dryRun) return;
  if (!context.terminal.interactive)
    throw new CliError({
      message: 'This needs your confirmation',
      reason: `Nobody can be asked: ${context.terminal.silence}.`,
      hint: 'Add --confirm if you mean it; --dry-run shows what would be done.',
      code: 'confirmation_required',
      exitCode: EXIT.validation,
    });
  if (await askYes(context.terminal, question)) return;
  throw new CliError({ message: 'Cancelled', code: 'cancelled', exitCode: EXIT.cancelled });
}

async function dryRun(
  context: Context,
  { route, input, summary }: { readonly route: RouteName; readonly input: LooseInput; readonly summary: string },
): Promise<never> {
  const { method, url, body } = prepareCall(routes[route], input, { baseUrl: context.config.values.apiUrl });
  await checkBody(route, input.body);
  const content: unknown = body === undefined ? undefined : hideSecrets(JSON.parse(body));
  if (context.output === 'json') {
    context.terminal.print(
      safeJson({ dry_run: true, summary: `Would ${summary}`, request: { method, url, body: content } }),
    );
    throw new DryRunDone();
  }
  context.terminal.print(`DRY RUN: Would ${summary}`);
  context.terminal.print(`  ${method} ${url}`);
  if (content !== undefined) for (const line of safeJson(content).split('\n')) context.terminal.print(`  ${line}`);
  throw new DryRunDone();
}

// The contract's own schemas say what the server would say; they are loaded only here, where speed does not matter.
async function checkBody(route: RouteName, body: unknown): Promise<void> {
  const { exchanges } = await import('@authly/admin-api');
  const exchange = exchanges[route];
  if (!('body' in exchange)) return;
  const checked = exchange.body.safeParse(body);
  if (checked.success) return;
  throw new CliError({
    message: 'Validation failed',
    reason: checked.error.issues.map(({ message }) => `${message}.`).join(' '),
    hint: 'This was a dry run; nothing was sent.',
    code: 'validation_failed',
    exitCode: EXIT.validation,
  });
}

function hideSecrets(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      /password|secret/.test(name) && typeof value === 'string' ? '[secret]' : value,
    ]),
  );
}
