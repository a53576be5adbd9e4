/** The end of a session. @spec OpenID Connect RP-Initiated Logout 1.0 §2 */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { Icon } from '../parts/icons.js';
import { Notice } from '../parts/notice.js';
import { safeUrl } from '../safe-url.js';
import type { Shell } from '../shell.js';

export interface LoggedOutProps {
  /** The app that asked, when the id_token_hint named one. */
  readonly clientName?: string;
  /** A registered address of that app to go on to. */
  readonly continueHref?: string;
  /** The app asked for an address that is not registered for it. */
  readonly addressRefused?: boolean;
  readonly requestId?: string;
  /** Opened in frames, for applications to end their sessions. */
  readonly frames?: readonly string[];
}

export function loggedOutPage(props: LoggedOutProps, shell: Shell): VNode {
  const words = shell.strings.loggedOut;
  const refused = props.addressRefused === true;
  const next = safeUrl(props.continueHref);
  return (
    <CardPage shell={shell} title={refused ? words.refusedTitle : words.title}>
      <div class="stack">
        <span class={refused ? 'seal warning' : 'seal success'}>
          <Icon name={refused ? 'alert' : 'check'} />
        </span>
        <div class="heading">
          <h1>{refused ? words.refusedTitle : words.heading}</h1>
          <p class="lead">
            <Fill text={words.message} values={{ product: shell.theme.productName }} />
          </p>
          <p class="lead">{words.closeApps}</p>
        </div>
      </div>
      {refused && (
        <Notice tone="warning">
          <p>{words.wrongAddress}</p>
          {props.requestId !== undefined && (
            <p>
              {shell.strings.error.requestId} <code id="request-id">{props.requestId}</code>
            </p>
          )}
        </Notice>
      )}
      {next !== undefined && (
        <a class="button primary" id="logged-out-continue" href={next}>
          <span>
            <Fill
              text={words.back}
              values={{ client: props.clientName ?? new URL(next, 'https://local.invalid').host }}
            />
          </span>
        </a>
      )}
      {next === undefined && (
        <a class="button plain" id="logged-out-sign-in" href={shell.paths.login}>
          {words.signIn}
        </a>
      )}
      <LogoutFrames addresses={props.frames ?? []} />
    </CardPage>
  );
}

/** Seen by nobody; the page that goes on waits for them. */
export function LogoutFrames({ addresses }: { addresses: readonly string[] }): VNode {
  return (
    <>
      {addresses.map((address) => (
        <iframe class="unseen" src={address} title="" aria-hidden="true" tabIndex={-1} data-logout />
      ))}
    </>
  );
}
