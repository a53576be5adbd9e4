/** Where the person is signed in. */
import type { VNode } from 'preact';
import { Fill } from '../parts/fill.js';
import { Button, Form } from '../parts/form.js';
import { Icon } from '../parts/icons.js';
import { RelativeTime } from '../parts/time.js';
import { describeDevice } from '../parts/user-agent.js';
import { Meta, Pages, Row, Section, type PageLinks, type SectionContext } from './section.js';

export interface SessionView {
  /** Posted as session_id: a public id, never the cookie's value. */
  readonly id: string;
  readonly current: boolean;
  readonly userAgent?: string;
  readonly address?: string;
  readonly place?: string;
  readonly startedAt: Date;
  readonly lastUsedAt: Date;
}

/** A login of a program: a command line, a device, a script. */
export interface ProgramView {
  /** Posted as grant_id. */
  readonly id: string;
  readonly name: string;
  readonly startedAt: Date;
  readonly lastUsedAt: Date;
}

/** Posts session_id or grant_id and action=end, or action=end_others. */
export function SessionsSection({
  sessions,
  programs,
  pages,
  context,
}: {
  sessions: readonly SessionView[];
  programs: readonly ProgramView[];
  pages?: PageLinks;
  context: SectionContext;
}): VNode {
  const words = context.shell.strings.account.sessions;
  const { hidden, actions } = context;
  return (
    <Section id="sessions" heading={words.heading} lead={words.lead}>
      <Form action={actions.sessions} hidden={{ ...hidden, action: 'end' }} id="sessions-form">
        <ul class="rows">
          {sessions.map((session) => (
            <SessionRow session={session} context={context} />
          ))}
          {programs.map((program) => (
            <ProgramRow program={program} context={context} />
          ))}
        </ul>
      </Form>
      <Pages links={pages} heading={words.heading} context={context} />
      {(programs.length > 0 || sessions.some((session) => !session.current)) && (
        <Form action={actions.sessions} hidden={hidden} id="end-other-sessions-form" class="after">
          <Button look="small" id="end-other-sessions" name="action" value="end_others">
            {words.endOthers}
          </Button>
        </Form>
      )}
    </Section>
  );
}

function ProgramRow({ program, context }: { program: ProgramView; context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.sessions;
  const time = (at: Date): VNode => <RelativeTime at={at} now={context.now} locale={locale} />;
  return (
    <Row
      face={<Icon name="terminal" />}
      title={
        <>
          {program.name} <span class="badge">{words.program}</span>
        </>
      }
      action={
        <Button look="small" name="grant_id" value={program.id} label={words.endProgramLabel(program.name)}>
          {words.end}
        </Button>
      }
    >
      <Meta>
        <span>
          <Fill text={words.used} values={{ when: time(program.lastUsedAt) }} />
        </span>
        <span>
          <Fill text={words.started} values={{ when: time(program.startedAt) }} />
        </span>
      </Meta>
    </Row>
  );
}

function SessionRow({ session, context }: { session: SessionView; context: SectionContext }): VNode {
  const { account, locale } = context.shell.strings;
  const words = account.sessions;
  const device = describeDevice(session.userAgent, account.device);
  const where = [session.place, session.address].filter((part) => part !== undefined);
  const time = (at: Date): VNode => <RelativeTime at={at} now={context.now} locale={locale} />;
  return (
    <Row
      face={<Icon name={device.icon} />}
      title={
        <>
          {device.label} {session.current && <span class="badge good">{words.current}</span>}
        </>
      }
      action={
        !session.current && (
          <Button look="small" name="session_id" value={session.id} label={words.endLabel(device.label)}>
            {words.end}
          </Button>
        )
      }
    >
      <Meta>
        {where.map((part) => (
          <span>{part}</span>
        ))}
        <span>
          <Fill text={words.used} values={{ when: time(session.lastUsedAt) }} />
        </span>
        <span>
          <Fill text={words.started} values={{ when: time(session.startedAt) }} />
        </span>
      </Meta>
    </Row>
  );
}
