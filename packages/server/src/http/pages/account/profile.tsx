/** Who am I. */
import type { ComponentChildren, VNode } from 'preact';
import { Initial } from '../parts/app-tile.js';
import { type Person, nameOf } from '../parts/person.js';
import { DateOnly } from '../parts/time.js';
import type { SectionContext } from './section.js';

export interface AccountUser extends Person {
  readonly id: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly isAdmin?: boolean;
  readonly createdAt?: Date;
}

export function ProfileSection({ user, context }: { user: AccountUser; context: SectionContext }): VNode {
  const words = context.shell.strings.account.profile;
  return (
    <section class="section" id="profile" aria-labelledby="profile-heading">
      <div class="identity">
        <Initial name={nameOf(user)} round />
        <div>
          <h2 id="profile-heading">{nameOf(user)}</h2>
          <p class="muted">{user.isAdmin === true ? words.administrator : words.heading}</p>
        </div>
      </div>
      <dl class="facts">
        <Fact name={words.username}>
          <span id="profile-username">{user.username}</span>
        </Fact>
        {user.email !== undefined && (
          <Fact name={words.email}>
            {user.email} <span class="badge">{user.emailVerified === true ? words.verified : words.notVerified}</span>
          </Fact>
        )}
        {user.createdAt !== undefined && (
          <Fact name={words.since}>
            <DateOnly at={user.createdAt} locale={context.shell.strings.locale} />
          </Fact>
        )}
        <Fact name={words.id}>
          <code>{user.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
