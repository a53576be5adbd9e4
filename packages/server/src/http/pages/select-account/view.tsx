/** Which account? Asked when the app demands it. @spec OpenID Connect Core §3.1.2.1 (prompt=select_account) */
import type { VNode } from 'preact';
import { CardPage } from '../layout.js';
import { Initial } from '../parts/app-tile.js';
import { Fill } from '../parts/fill.js';
import { type FormTarget, Button, Form } from '../parts/form.js';
import { type Person, nameOf } from '../parts/person.js';
import type { Shell } from '../shell.js';

/** The form posts decision=continue or decision=switch. */
export interface SelectAccountProps extends FormTarget {
  readonly user: Person;
  readonly clientName?: string;
}

export function selectAccountPage({ user, clientName, ...target }: SelectAccountProps, shell: Shell): VNode {
  const words = shell.strings.selectAccount;
  return (
    <CardPage shell={shell} title={words.title}>
      <div class="heading">
        <h1>{words.title}</h1>
        {clientName !== undefined && (
          <p class="lead">
            <Fill text={shell.strings.login.toApp} values={{ client: <strong>{clientName}</strong> }} />
          </p>
        )}
      </div>
      <Form {...target} id="select-account-form" class="actions">
        <button class="button plain pick" id="select-account-continue" name="decision" value="continue">
          <Initial name={nameOf(user)} round />
          <span class="who">
            <span class="name">
              <Fill text={words.continueAs} values={{ name: nameOf(user) }} />
            </span>
            {user.displayName !== undefined && <span class="muted">{user.username}</span>}
          </span>
        </button>
        <Button look="plain" id="select-account-switch" name="decision" value="switch">
          {words.other}
        </Button>
      </Form>
    </CardPage>
  );
}
