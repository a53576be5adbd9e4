/** What happened lately, so that a stranger's doing is noticed. */
import type { VNode } from 'preact';
import { Icon } from '../parts/icons.js';
import { RelativeTime } from '../parts/time.js';
import { describeDevice } from '../parts/user-agent.js';
import { Meta, Pages, Section, type PageLinks, type SectionContext } from './section.js';

export interface ActivityView {
  /** A key of the catalogue's `account.activity.kind`; an unknown one gets a neutral name. */
  readonly kind: string;
  readonly at: Date;
  /** Which app, key or device it was about. */
  readonly subject?: string;
  readonly userAgent?: string;
  readonly address?: string;
  readonly failed?: boolean;
}

export function ActivitySection({
  activity,
  pages,
  context,
}: {
  activity: readonly ActivityView[];
  pages?: PageLinks;
  context: SectionContext;
}): VNode {
  const words = context.shell.strings.account.activity;
  return (
    <Section id="activity" heading={words.heading} lead={words.lead}>
      {activity.length === 0 && <p class="empty">{words.empty}</p>}
      {activity.length > 0 && (
        <ol class="rows events">
          {activity.map((event) => (
            <Event event={event} context={context} />
          ))}
        </ol>
      )}
      <Pages links={pages} heading={words.heading} context={context} />
    </Section>
  );
}

function Event({ event, context }: { event: ActivityView; context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.activity;
  const kind = Object.hasOwn(words.kind, event.kind) ? words.kind[event.kind] : words.other;
  const device = event.userAgent === undefined ? undefined : describeDevice(event.userAgent, account.device).label;
  return (
    <li class="event">
      <p class={event.failed === true ? 'what bad' : 'what'}>
        {event.failed === true && <Icon name="alert" />}
        {kind}
      </p>
      <Meta>
        {[event.subject, device, event.address].map((part) => part !== undefined && <span>{part}</span>)}
        <span>
          <RelativeTime at={event.at} now={context.now} locale={locale} />
        </span>
      </Meta>
    </li>
  );
}
