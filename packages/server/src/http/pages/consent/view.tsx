/** May this app have this? Says who asks, for what, as whom, until when, and how to take it back. */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { AppTile } from '../parts/app-tile.js';
import { Fill } from '../parts/fill.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import { type ScopeView, Permissions } from '../parts/permissions.js';
import { type Person, PersonRow } from '../parts/person.js';
import { DateOnly } from '../parts/time.js';
import { safeUrl } from '../safe-url.js';
import type { Shell } from '../shell.js';

export interface ConsentProps extends FormTarget {
  readonly client: ConsentClient;
  readonly scopes: readonly ScopeView[];
  readonly user: Person;
  readonly switchAccount: FormTarget;
  /** The resource server that the tokens are for. @spec RFC 8707 */
  readonly resource?: string;
  readonly rememberedUntil?: Date;
}

export interface AppIdentity {
  readonly name: string;
  /** Path on this server; an address elsewhere is not loaded. */
  readonly logoUri?: string;
  readonly clientUri?: string;
  readonly policyUri?: string;
  readonly tosUri?: string;
  /** Who registered the app, when that is known. */
  readonly registeredBy?: string;
}

export interface ConsentClient extends AppIdentity {
  /** Host of the redirect address; for a private-use scheme the scheme. */
  readonly redirectHost: string;
  /** `loopback`: a program on this computer. `native`: an app with its own scheme. Both get a warning. */
  readonly redirectKind: 'web' | 'native' | 'loopback';
}

export function consentPage(props: ConsentProps, shell: Shell): VNode {
  const words = shell.strings.consent;
  const { client } = props;
  // The warning names the host of the other kinds.
  const host = client.redirectKind === 'web' ? client.redirectHost : undefined;
  return (
    <CardPage shell={shell} title={words.title(client.name)}>
      <AppHeading client={client} text={words.heading} host={host} shell={shell} />
      <PersonRow shell={shell} user={props.user} switchAccount={props.switchAccount} />
      <Permissions scopes={props.scopes} shell={shell} id="permissions" />
      <RedirectWarning client={client} shell={shell} />
      <Form action={props.action} hidden={props.hidden} id="consent-form" class="choice">
        <Button id="consent-allow" name="decision" value="allow">
          {words.allow}
        </Button>
        <Button look="plain" id="consent-deny" name="decision" value="deny">
          {words.deny}
        </Button>
      </Form>
      <div class="fine">
        {props.resource !== undefined && (
          <p>
            <Fill text={words.resource} values={{ resource: <strong>{props.resource}</strong> }} />
          </p>
        )}
        <p>
          {props.rememberedUntil !== undefined && (
            <>
              <Fill
                text={words.remembered}
                values={{ date: <DateOnly at={props.rememberedUntil} locale={shell.strings.locale} /> }}
              />{' '}
            </>
          )}
          <Fill text={words.takeBack} values={{ account: <a href={shell.paths.account}>{words.account}</a> }} />
        </p>
        <AppLinks client={client} shell={shell} />
      </div>
    </CardPage>
  );
}

/** Who asks. Only what this server knows stands here: the client's own claims are among its links. */
export function AppHeading({ client, text, host, shell }: AppHeadingProps): VNode {
  const words = shell.strings.consent;
  return (
    <div class="asking">
      <AppTile name={client.name} logoUri={client.logoUri} />
      <div class="heading">
        <h1>
          <Fill text={text} values={{ client: client.name }} />
        </h1>
        {host !== undefined && (
          <p class="lead">
            <Fill text={words.host} values={{ host: <strong id="redirect-host">{host}</strong> }} />
          </p>
        )}
        {client.registeredBy !== undefined && (
          <p class="lead">
            <Fill text={words.registeredBy} values={{ owner: client.registeredBy }} />
          </p>
        )}
      </div>
    </div>
  );
}

export interface AppHeadingProps {
  readonly client: AppIdentity;
  readonly text: string;
  readonly host?: string;
  readonly shell: Shell;
}

/** Website, privacy policy and terms, as far as the client named usable addresses. */
export function AppLinks({ client, shell }: { client: AppIdentity; shell: Shell }): VNode | undefined {
  const words = shell.strings.consent;
  const links = [
    { label: words.website, href: safeUrl(client.clientUri) },
    { label: words.policy, href: safeUrl(client.policyUri) },
    { label: words.terms, href: safeUrl(client.tosUri) },
  ].filter(({ href }) => href !== undefined);
  if (links.length === 0) {
    return undefined;
  }
  return (
    <ul class="app-links" aria-label={words.about(client.name)}>
      {links.map(({ label, href }) => (
        <li>
          <a href={href} rel="noopener noreferrer nofollow" target="_blank">
            {label}
          </a>
        </li>
      ))}
    </ul>
  );
}

function RedirectWarning({ client, shell }: { client: ConsentClient; shell: Shell }): VNode | undefined {
  if (client.redirectKind === 'web') {
    return undefined;
  }
  const words = shell.strings.consent;
  const text = client.redirectKind === 'loopback' ? words.loopbackWarning : words.nativeWarning;
  return (
    <Notice tone="warning">
      <p>
        <Fill text={text} values={{ host: <strong>{client.redirectHost}</strong> }} />
      </p>
    </Notice>
  );
}
