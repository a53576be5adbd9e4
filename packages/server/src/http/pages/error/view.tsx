/** Something was refused or failed: what happened, why, and what to do, with the id that finds it in the log. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { Icon } from '../parts/icons.js';
import { safeUrl } from '../safe-url.js';
import type { Shell } from '../shell.js';
import type { Strings } from '../strings/english.js';

export interface ErrorProps {
  readonly kind: ErrorKind;
  readonly requestId?: string;
  /** For whoever wrote the app; the description is public by contract. */
  readonly developer?: {
    readonly error: string;
    readonly description?: string;
    readonly parameter?: string;
    /** The redirect address as it was sent, the registered one that is most like it, and in what they differ. */
    readonly received?: string;
    readonly registered?: string;
    readonly differences?: readonly string[];
  };
  readonly retryAfterSeconds?: number;
  /** Only an address that was validated for this client, or a path of this server. */
  readonly back?: { readonly href: string; readonly clientName?: string };
}

export type ErrorKind = keyof Strings['error']['kind'];

export function errorPage(props: ErrorProps, shell: Shell): VNode {
  const words = shell.strings.error;
  const { title, message } = words.kind[props.kind];
  return (
    <CardPage shell={shell} title={title}>
      <div class="stack">
        <span class="seal warning">
          <Icon name="alert" />
        </span>
        <div class="heading">
          <h1>{title}</h1>
          <p class="lead">
            {message}
            {props.retryAfterSeconds !== undefined && ` ${shell.strings.form.tryAgainIn(props.retryAfterSeconds)}`}
          </p>
        </div>
      </div>
      {props.developer !== undefined && <ForDeveloper {...props} shell={shell} />}
      {props.developer === undefined && props.requestId !== undefined && (
        <p class="note">
          {words.requestId} <code id="request-id">{props.requestId}</code>
        </p>
      )}
      <Way {...props} shell={shell} />
    </CardPage>
  );
}

function ForDeveloper({ developer, requestId, shell }: ErrorProps & { shell: Shell }): VNode {
  const words = shell.strings.error;
  return (
    <section class="panel" aria-labelledby="developer">
      <h2 id="developer">{words.developer}</h2>
      {developer?.description !== undefined && <p id="error-description">{developer.description}</p>}
      {(developer?.differences ?? []).length > 0 && <p id="error-differences">{developer?.differences?.join(' ')}</p>}
      <dl class="facts">
        <Fact name={words.code} value={developer?.error} id="error-code" />
        <Fact name={words.parameter} value={developer?.parameter} id="error-parameter" />
        <Fact name={words.received} value={developer?.received} id="error-received" />
        <Fact name={words.registered} value={developer?.registered} id="error-registered" />
        <Fact name={words.requestId} value={requestId} id="request-id" />
      </dl>
    </section>
  );
}

function Fact({ name, value, id }: { name: string; value: string | undefined; id: string }): VNode | undefined {
  if (value === undefined) {
    return undefined;
  }
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code id={id}>{value}</code>
      </dd>
    </div>
  );
}

function Way({ back, shell }: ErrorProps & { shell: Shell }): VNode {
  const words = shell.strings.error;
  const href = safeUrl(back?.href);
  if (back === undefined || href === undefined) {
    return (
      <a class="button plain" id="error-home" href={shell.paths.home}>
        {words.home}
      </a>
    );
  }
  return (
    <a class="button primary" id="error-back" href={href}>
      {back.clientName === undefined ? (
        words.backPlain
      ) : (
        <span>
          <Fill text={words.back} values={{ client: back.clientName }} />
        </span>
      )}
    </a>
  );
}
