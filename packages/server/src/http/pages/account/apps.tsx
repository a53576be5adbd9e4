/** What the person has allowed, app by app. */
import type { VNode } from 'preact';
import { AppTile } from '../parts/app-tile.js';
import { Fill } from '../parts/fill.js';
import { Button, Form } from '../parts/form.js';
import type { ScopeView } from '../parts/permissions.js';
import { RelativeTime } from '../parts/time.js';
import { Meta, Row, Section, type SectionContext } from './section.js';

export interface AppAccessView {
  readonly clientId: string;
  readonly name: string;
  readonly logoUri?: string;
  readonly scopes: readonly ScopeView[];
  readonly allowedAt: Date;
  readonly lastUsedAt?: Date;
}

/** Posts client_id. */
export function AppsSection({ apps, context }: { apps: readonly AppAccessView[]; context: SectionContext }): VNode {
  const words = context.shell.strings.account.apps;
  return (
    <Section id="apps" heading={words.heading} lead={words.lead}>
      {apps.length === 0 && <p class="empty">{words.empty}</p>}
      {apps.length > 0 && (
        <Form action={context.actions.apps} hidden={context.hidden} id="apps-form">
          <ul class="rows">
            {apps.map((app) => (
              <AppRow app={app} context={context} />
            ))}
          </ul>
        </Form>
      )}
    </Section>
  );
}

function AppRow({ app, context }: { app: AppAccessView; context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.apps;
  const time = (at: Date): VNode => <RelativeTime at={at} now={context.now} locale={locale} />;
  return (
    <Row
      face={<AppTile name={app.name} logoUri={app.logoUri} />}
      title={app.name}
      action={
        <Button look="small" name="client_id" value={app.clientId} label={words.removeLabel(app.name)}>
          {words.remove}
        </Button>
      }
    >
      <p class="may">{app.scopes.map((scope) => scope.sentence).join(' · ')}</p>
      <Meta>
        <span>
          <Fill text={words.since} values={{ when: time(app.allowedAt) }} />
        </span>
        {app.lastUsedAt !== undefined && (
          <span>
            <Fill text={words.used} values={{ when: time(app.lastUsedAt) }} />
          </span>
        )}
      </Meta>
    </Row>
  );
}
