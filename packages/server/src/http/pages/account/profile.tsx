/** Who am I. */
import type { ComponentChildren, VNode } from 'preact';
import type { Person } from '../parts/person.js';
import { DateOnly } from '../parts/time.js';
import { Section } from './section.js';
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
    <Section id="profile" heading={words.heading}>
      <dl class="facts">
        {user.displayName !== undefined && <Fact name={words.name}>{user.displayName}</Fact>}
        <Fact name={words.username}>
          <span id="profile-username">{user.username}</span>
        </Fact>
        {user.email !== undefined && (
          <Fact name={words.email}>
            {user.email} <span class="badge">{user.emailVerified === true ? words.verified : words.notVerified}</span>
          </Fact>
        )}
        {user.isAdmin === true && <Fact name={words.role}>{words.administrator}</Fact>}
        {user.createdAt !== undefined && (
          <Fact name={words.since}>
            <DateOnly at={user.createdAt} language={context.shell.strings.language} />
          </Fact>
        )}
        <Fact name={words.id}>
          <code>{user.id}</code>
        </Fact>
      </dl>
    </Section>
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
