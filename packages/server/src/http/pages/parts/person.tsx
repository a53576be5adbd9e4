/** Who is signed in, and the way out for someone else. */
import type { VNode } from 'preact';
import type { Shell } from '../shell.js';
import { Initial } from './app-tile.js';
import { type FormTarget, Button, Form } from './form.js';

export interface Person {
  readonly username: string;
  readonly displayName?: string;
}

export interface PersonRowProps {
  readonly shell: Shell;
  readonly user: Person;
  readonly switchAccount?: FormTarget;
}

export function PersonRow({ shell, user, switchAccount }: PersonRowProps): VNode {
  const words = shell.strings.consent;
  return (
    <div class="person">
      <Initial name={nameOf(user)} round />
      <div class="who">
        <span class="name">{nameOf(user)}</span>
        {user.displayName !== undefined && <span class="muted">{user.username}</span>}
      </div>
      {switchAccount !== undefined && (
        <Form {...switchAccount} id="switch-account-form" class="switch">
          <span class="muted">{words.notYou}</span>
          <Button look="link" id="switch-account">
            {words.switchAccount}
          </Button>
        </Form>
      )}
    </div>
  );
}

export function nameOf(user: Person): string {
  return user.displayName ?? user.username;
}
