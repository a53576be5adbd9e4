/**
 * Carries an authorization response to the app in a form. The script sends it at once; without script the button does.
 * @spec OAuth 2.0 Form Post Response Mode §2
 */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { type Hidden, Button, HiddenInputs } from '../parts/form.js';
import { safeFormTarget } from '../safe-url.js';
import type { Shell } from '../shell.js';

export interface FormPostProps {
  /** The redirect address, already validated for the client. */
  readonly action: string;
  /** The parameters of the response: code, state, iss, or error and its companions. */
  readonly fields: Hidden;
  readonly clientName?: string;
}

export function formPostPage({ action, fields, clientName }: FormPostProps, shell: Shell): VNode {
  const words = shell.strings.formPost;
  const target = safeFormTarget(action);
  if (target === undefined) {
    throw new Error('A form_post answer was to go to an address that runs script');
  }
  const title = words.title(clientName);
  return (
    <CardPage shell={shell} title={title}>
      <div class="heading">
        <h1>{title}</h1>
        <p class="lead">{words.message}</p>
      </div>
      <form method="post" action={target} id="form-post" data-auto-submit>
        <HiddenInputs values={fields} />
        <Button id="form-post-submit">{words.submit}</Button>
      </form>
    </CardPage>
  );
}
