/** The sign-in is done: the way back to the app. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { Icon } from '../parts/icons.js';
import { safeUrl } from '../safe-url.js';
import type { Shell } from '../shell.js';

export interface GoingBackProps {
  readonly clientName: string;
  /** The answer to an app with a scheme of its own: an address that was validated for this client. */
  readonly opens?: string;
  /** Where the app is to be found, when it is on the web. */
  readonly website?: string;
}

export function goingBackPage({ clientName, opens, website }: GoingBackProps, shell: Shell): VNode {
  const words = shell.strings.goingBack;
  const href = opens ?? safeUrl(website);
  return (
    <CardPage shell={shell} title={words.title(clientName)} opens={opens}>
      <div class="stack">
        <span class="seal success">
          <Icon name="check" />
        </span>
        <div class="heading">
          <h1>{words.title(clientName)}</h1>
          <p class="lead">{opens === undefined ? words.finished : words.opens}</p>
        </div>
      </div>
      {href !== undefined && (
        <a class="button primary" id="going-back" href={href}>
          <span>
            <Fill text={opens === undefined ? words.website : words.open} values={{ client: clientName }} />
          </span>
        </a>
      )}
    </CardPage>
  );
}
