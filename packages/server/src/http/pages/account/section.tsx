/** The frame of one section, and of one row in its list. */
import type { ComponentChildren, VNode } from 'preact';
import type { Hidden } from '../parts/form.js';
import type { Shell } from '../shell.js';

/** What each section is given. */
export interface SectionContext {
  readonly shell: Shell;
  readonly hidden: Hidden;
  readonly actions: AccountActions;
  readonly now: Date;
}

export interface AccountActions {
  readonly signOut: string;
  readonly changePassword: string;
  readonly secondFactor: string;
  readonly sessions: string;
  readonly apps: string;
  readonly apiKeys: string;
}

export interface SectionProps {
  readonly id: string;
  readonly heading: string;
  readonly lead?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ id, heading, lead, children }: SectionProps): VNode {
  return (
    <section class="section" id={id} aria-labelledby={`${id}-heading`}>
      <div class="section-head">
        <h2 id={`${id}-heading`}>{heading}</h2>
        {lead !== undefined && <p class="muted">{lead}</p>}
      </div>
      {children}
    </section>
  );
}

/** Where the rest of a long list is. */
export interface PageLinks {
  readonly newer?: string;
  readonly older?: string;
}

export interface PagesProps {
  readonly links: PageLinks | undefined;
  readonly heading: string;
  readonly context: SectionContext;
}

export function Pages({ links, heading, context }: PagesProps): VNode | undefined {
  if (links?.newer === undefined && links?.older === undefined) {
    return undefined;
  }
  const words = context.shell.strings.account;
  return (
    <p class="pages">
      {links.newer !== undefined && (
        <a class="button small" href={links.newer} aria-label={words.newerLabel(heading)}>
          {words.newer}
        </a>
      )}{' '}
      {links.older !== undefined && (
        <a class="button small" href={links.older} aria-label={words.olderLabel(heading)}>
          {words.older}
        </a>
      )}
    </p>
  );
}

export interface RowProps {
  readonly face: ComponentChildren;
  readonly title: ComponentChildren;
  readonly children?: ComponentChildren;
  readonly action?: ComponentChildren;
  /** Below the row, over its full width. */
  readonly below?: ComponentChildren;
}

export function Row({ face, title, children, action, below }: RowProps): VNode {
  return (
    <li class="row">
      <span class="face">{face}</span>
      <h3>{title}</h3>
      <div class="about">{children}</div>
      {action !== undefined && <div class="act">{action}</div>}
      {below !== undefined && <div class="below">{below}</div>}
    </li>
  );
}

/** Facts in one line, a dot between them; the dots are drawn by the style sheet. */
export function Meta({ children }: { children: ComponentChildren }): VNode {
  return <p class="meta">{children}</p>;
}
