/** Asked before a session is ended by a link that proves nothing. @spec OpenID Connect RP-Initiated Logout 1.0 §2 */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Fill } from '../parts/fill.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { Notice } from '../parts/notice.js';
import { type Person, PersonRow } from '../parts/person.js';
import type { Shell } from '../shell.js';

/** The form posts decision=logout or decision=stay. */
export interface LogoutProps extends FormTarget {
  readonly user: Person;
  readonly clientName?: string;
  /** The app asked for an address that is not registered for it. */
  readonly addressRefused?: boolean;
}

export function logoutPage({ user, clientName, addressRefused, ...target }: LogoutProps, shell: Shell): VNode {
  const words = shell.strings.logout;
  const product = shell.theme.productName;
  return (
    <CardPage shell={shell} title={words.title}>
      <div class="heading">
        <h1>{words.title}</h1>
        <p class="lead">
          {clientName === undefined ? (
            <Fill text={words.plain} values={{ product }} />
          ) : (
            <Fill text={words.byApp} values={{ client: <strong>{clientName}</strong>, product }} />
          )}
        </p>
      </div>
      {addressRefused === true && <Notice tone="warning">{words.wrongAddress}</Notice>}
      <PersonRow shell={shell} user={user} />
      <Form {...target} id="logout-form" class="choice">
        <Button id="logout-submit" name="decision" value="logout">
          {words.submit}
        </Button>
        <Button look="plain" id="logout-stay" name="decision" value="stay">
          {words.stay}
        </Button>
      </Form>
    </CardPage>
  );
}
