/**
 * The consent of a device: the same as of any app, and above it everything that lets a person notice that the code is
 * not theirs. @spec RFC 8628 §5.4 (remote phishing)
 */
import type { VNode } from 'preact';
import { type AppIdentity, AppHeading, AppLinks } from '../consent/view.js';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import { type ScopeView, Permissions } from '../parts/permissions.js';
import { type Person, PersonRow } from '../parts/person.js';
import { ExactTime } from '../parts/time.js';
import { describeDevice } from '../parts/user-agent.js';
import type { Shell } from '../shell.js';

/** The form posts decision=allow or decision=deny, and user_code. */
export interface DeviceConfirmProps extends FormTarget {
  readonly userCode: string;
  readonly client: AppIdentity;
  readonly scopes: readonly ScopeView[];
  readonly user: Person;
  readonly switchAccount: FormTarget;
  readonly request: DeviceRequestView;
}

/** Where and when the device asked for its code. */
export interface DeviceRequestView {
  readonly at: Date;
  readonly address?: string;
  readonly place?: string;
  readonly userAgent?: string;
}

export function deviceConfirmPage(props: DeviceConfirmProps, shell: Shell): VNode {
  const words = shell.strings.device;
  const hidden = { ...props.hidden, user_code: props.userCode };
  return (
    <CardPage shell={shell} title={words.confirmTitle}>
      <AppHeading client={props.client} text={words.heading} shell={shell} />
      <section class="panel check-code" aria-labelledby="code-lead">
        <h2 id="code-lead">{words.confirmLead}</h2>
        <p class="code" id="device-code">
          {props.userCode}
        </p>
        <RequestFacts request={props.request} shell={shell} />
      </section>
      <PersonRow shell={shell} user={props.user} switchAccount={props.switchAccount} />
      <Permissions scopes={props.scopes} shell={shell} id="permissions" />
      <Notice tone="warning">{words.caution}</Notice>
      <Form action={props.action} hidden={hidden} id="device-confirm-form" class="choice">
        <Button id="device-allow" name="decision" value="allow">
          {words.allow}
        </Button>
        <Button look="plain" id="device-deny" name="decision" value="deny">
          {words.deny}
        </Button>
      </Form>
      <div class="fine">
        <p>
          <Fill
            text={shell.strings.consent.takeBack}
            values={{ account: <a href={shell.paths.account}>{shell.strings.consent.account}</a> }}
          />
        </p>
        <AppLinks client={props.client} shell={shell} />
      </div>
    </CardPage>
  );
}

function RequestFacts({ request, shell }: { request: DeviceRequestView; shell: Shell }): VNode {
  const words = shell.strings.device;
  const from = [request.place, request.address].filter((part) => part !== undefined).join(' · ');
  return (
    <dl class="facts">
      {from !== '' && (
        <div>
          <dt>{words.from}</dt>
          <dd id="device-from">{from}</dd>
        </div>
      )}
      <div>
        <dt>{words.at}</dt>
        <dd>
          <ExactTime at={request.at} locale={shell.strings.locale} />
        </dd>
      </div>
      {request.userAgent !== undefined && (
        <div>
          <dt>{words.with}</dt>
          <dd>{describeDevice(request.userAgent, shell.strings.account.device).label}</dd>
        </div>
      )}
    </dl>
  );
}
