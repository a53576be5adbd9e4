/** The person's API keys: list, create, rotate, revoke. */
import type { VNode } from 'preact';
import { Fill } from '../../parts/fill.js';
import { Icon } from '../../parts/icons.js';
import type { ScopeView } from '../../parts/permissions.js';
import { RelativeTime } from '../../parts/time.js';
import { type KeyFormProps, CreateKey } from './form.js';
import { ManageKey } from './manage.js';
import type { CreatedKey } from './new.js';
import { Meta, Row, Section, type SectionContext } from '../section.js';

export interface ApiKeysProps extends KeyFormProps {
  readonly keys: readonly ApiKeyView[];
  /** A key that was made by the request that is being answered; shown at the top of the page, this once. */
  readonly created?: CreatedKey;
  /** How long the old value may go on working after a rotation, to choose from; 0 is "not at all". */
  readonly overlapHours: readonly number[];
  /** The key whose rotation was refused. */
  readonly changing?: string;
}

export interface ApiKeyView {
  /** Posted as key_id. */
  readonly id: string;
  readonly name: string;
  /** The part that may be shown: `authly_pat_3kQ9…`. */
  readonly prefix: string;
  readonly scopes: readonly ScopeView[];
  readonly createdAt: Date;
  readonly lastUsedAt?: Date;
  readonly expiresAt?: Date;
}

/** Posts action=create with name, scope*, expires_in; action=rotate with key_id, overlap; action=revoke with key_id. */
export function ApiKeysSection({ keys, context, ...props }: ApiKeysProps & { context: SectionContext }): VNode {
  const words = context.shell.strings.account.keys;
  return (
    <Section id="api-keys" heading={words.heading} lead={words.lead}>
      {keys.length === 0 && <p class="empty">{words.empty}</p>}
      {keys.length > 0 && (
        <ul class="rows">
          {keys.map((key) => (
            <KeyRow key_={key} {...props} context={context} />
          ))}
        </ul>
      )}
      <CreateKey {...props} context={context} />
    </Section>
  );
}

interface KeyRowProps extends Pick<ApiKeysProps, 'overlapHours' | 'proof' | 'proofProblem' | 'changing'> {
  // `key` itself is taken by preact.
  readonly key_: ApiKeyView;
  readonly context: SectionContext;
}

function KeyRow({ key_: key, context, changing, ...props }: KeyRowProps): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.keys;
  const time = (at: Date): VNode => <RelativeTime at={at} now={context.now} locale={locale} />;
  return (
    <Row
      face={<Icon name="key" />}
      title={key.name}
      below={<ManageKey id={key.id} name={key.name} {...props} isOpen={changing === key.id} context={context} />}
    >
      <p class="may">
        <code>{key.prefix}</code>
      </p>
      {key.scopes.length > 0 && <p class="may">{key.scopes.map((scope) => scope.sentence).join(' · ')}</p>}
      <Meta>
        <span>
          <Fill text={expiryText(key, context)} values={{ when: key.expiresAt && time(key.expiresAt) }} />
        </span>
        <span>
          <Fill
            text={key.lastUsedAt === undefined ? words.neverUsed : words.used}
            values={{ when: key.lastUsedAt && time(key.lastUsedAt) }}
          />
        </span>
        <span>
          <Fill text={words.created} values={{ when: time(key.createdAt) }} />
        </span>
      </Meta>
    </Row>
  );
}

function expiryText(key: ApiKeyView, { shell, now }: SectionContext): string {
  const words = shell.strings.account.keys;
  if (key.expiresAt === undefined) {
    return words.neverExpires;
  }
  return key.expiresAt.getTime() <= now.getTime() ? words.expired : words.expires;
}
